package dev.warren.mcp.internal.tools;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a model gave to a tool. Strings are taken as they are, blanks and line ends included. */
public record ToolArguments(Map<?, ?> values) {

  /** A string that has to be there; it may be empty. */
  public String text(String name) throws ToolFailure {
    return optionalText(name).orElseThrow(() -> new ToolFailure(name + " is required"));
  }

  /** A string that has to be there and not be empty. */
  public String filledText(String name) throws ToolFailure {
    String value = optionalText(name).orElse("");
    if (value.isEmpty()) {
      throw new ToolFailure(name + " is required");
    }
    return value;
  }

  public Optional<String> optionalText(String name) throws ToolFailure {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw new ToolFailure(name + " must be a string");
  }

  /** A whole number; models often write it with a fraction of zero. */
  public long number(String name, long otherwise) throws ToolFailure {
    @Nullable Object value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())) {
      return number.longValue();
    }
    throw new ToolFailure(name + " must be a whole number");
  }

  public boolean flag(String name) throws ToolFailure {
    Object value = values.get(name);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new ToolFailure(name + " must be true or false");
  }
}

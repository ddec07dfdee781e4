package dev.warren.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.warren.SandboxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, kept as the text it came in: a field that this library does not know, or a number
 * in a form of its own, goes through unchanged. Immutable and thread-safe.
 */
public final class Json {
  /** Deeper values are refused, so that no peer can exhaust a stack. */
  public static final int MAX_DEPTH = 512;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNumberLength(1_000)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES) // 1.0 stays 1.0
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS.mappedFeature())
          .build();

  /** An object without members. */
  public static final Json EMPTY_OBJECT = new Json("{}", null);

  /** One of the two is there; the other is made when it is wanted. */
  private volatile @Nullable String text;

  private volatile @Nullable JsonNode tree;

  private Json(@Nullable String text, @Nullable JsonNode tree) {
    this.text = text;
    this.tree = tree;
  }

  /**
   * Takes a text as it is.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when it is not one JSON value, or nested more
   *     than {@link #MAX_DEPTH} deep
   */
  public static Json parse(String text) {
    try {
      return new Json(text, MAPPER.readTree(text));
    } catch (JsonProcessingException e) {
      throw notJson(e.getOriginalMessage());
    }
  }

  /**
   * Makes a value of maps, lists, strings, numbers, booleans, {@code null}, records and {@code
   * Json} itself.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} for anything that has no JSON form
   */
  public static Json of(@Nullable Object value) {
    if (value instanceof Json json) {
      return json;
    }
    try {
      StringBuilder out = new StringBuilder();
      write(out, value, 0);
      return new Json(out.toString(), null);
    } catch (JsonProcessingException e) {
      throw notJson(e.getOriginalMessage());
    }
  }

  /** The value at a JSON pointer (RFC 6901), such as {@code /content/0/text}. */
  public Optional<Json> at(String pointer) {
    JsonNode found = find(pointer);
    return found.isMissingNode() ? Optional.empty() : Optional.of(new Json(null, found));
  }

  /** The string at a pointer, if there is a string. */
  public Optional<String> string(String pointer) {
    JsonNode found = find(pointer);
    return found.isTextual() ? Optional.of(found.textValue()) : Optional.empty();
  }

  /** The elements of an array; of anything else none. */
  public List<Json> elements() {
    JsonNode node = tree();
    if (!node.isArray()) {
      return List.of();
    }
    List<Json> items = new ArrayList<>(node.size());
    for (JsonNode item : node) {
      items.add(new Json(null, item));
    }
    return Collections.unmodifiableList(items);
  }

  /**
   * The value as maps, lists, strings, numbers and booleans; JSON's null is {@code null}.
   *
   * @return what a caller may change without an effect on this value
   */
  public @Nullable Object toJava() {
    return MAPPER.convertValue(tree(), Object.class);
  }

  /**
   * The value as a type of the caller's: a record, or a class that Jackson can make.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when it does not fit
   */
  public <T> T as(Class<T> type) {
    try {
      return MAPPER.treeToValue(tree(), type);
    } catch (JsonProcessingException e) {
      throw notJson(e.getOriginalMessage());
    }
  }

  /** The JSON text. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = tree().toString();
      text = known;
    }
    return known;
  }

  /** Whether both are the same value; the order of members and white space do not matter. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Json json && (this == other || tree().equals(json.tree()));
  }

  @Override
  public int hashCode() {
    return tree().hashCode();
  }

  private JsonNode tree() {
    JsonNode known = tree;
    if (known == null) {
      try {
        known = MAPPER.readTree(toString());
      } catch (JsonProcessingException e) {
        throw notJson(e.getOriginalMessage());
      }
      tree = known;
    }
    return known;
  }

  /** Whether there is {@code true} at a pointer. */
  boolean isTrue(String pointer) {
    return find(pointer).booleanValue(); // false for all that is no boolean
  }

  /** Whether there is anything but null or false at a pointer. */
  boolean has(String pointer) {
    JsonNode found = find(pointer);
    return !found.isMissingNode()
        && !found.isNull()
        && (!found.isBoolean() || found.booleanValue());
  }

  /** A pointer to a member, as most are, is not parsed for it. */
  private JsonNode find(String pointer) {
    JsonNode node = tree();
    boolean member =
        node.isObject()
            && pointer.startsWith("/")
            && pointer.indexOf('/', 1) < 0
            && pointer.indexOf('~') < 0;
    return member ? node.path(pointer.substring(1)) : node.at(pointer);
  }

  /** Writes what most values are made of without a look at their types; Jackson does the rest. */
  private static void write(StringBuilder out, @Nullable Object value, int depth)
      throws JsonProcessingException {
    if (depth > StreamWriteConstraints.DEFAULT_MAX_DEPTH) {
      throw notJson("it is nested too deep");
    }
    if (value instanceof String string) {
      quote(out, string);
    } else if (value instanceof Map<?, ?> map) {
      char before = '{';
      for (Map.Entry<?, ?> member : map.entrySet()) {
        quote(out.append(before), String.valueOf(member.getKey()));
        write(out.append(':'), member.getValue(), depth + 1);
        before = ',';
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof Iterable<?> items) {
      char before = '[';
      for (Object item : items) {
        write(out.append(before), item, depth + 1);
        before = ',';
      }
      out.append(before == '[' ? "[]" : "]");
    } else if (value == null
        || value instanceof Json
        || value instanceof Boolean
        || value instanceof Integer
        || value instanceof Long) {
      out.append(value);
    } else {
      out.append(MAPPER.writeValueAsString(value));
    }
  }

  private static void quote(StringBuilder out, String text) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }

  private static SandboxException notJson(String detail) {
    return SandboxException.invalid("read JSON", "value", detail);
  }
}

package dev.warren.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.warren.SandboxException;
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
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
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
      return new Json(MAPPER.writeValueAsString(unwrap(value)), null);
    } catch (JsonProcessingException e) {
      throw notJson(e.getOriginalMessage());
    }
  }

  /** The value at a JSON pointer (RFC 6901), such as {@code /content/0/text}. */
  public Optional<Json> at(String pointer) {
    JsonNode found = tree().at(pointer);
    return found.isMissingNode() ? Optional.empty() : Optional.of(new Json(null, found));
  }

  /** The string at a pointer, if there is a string. */
  public Optional<String> string(String pointer) {
    JsonNode found = tree().at(pointer);
    return found.isTextual() ? Optional.of(found.textValue()) : Optional.empty();
  }

  /** The elements of an array; of anything else none. */
  public List<Json> elements() {
    JsonNode node = tree();
    if (!node.isArray()) {
      return List.of();
    }
    return node.valueStream().map(item -> new Json(null, item)).toList();
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

  private static @Nullable Object unwrap(@Nullable Object value) {
    if (value instanceof Json json) {
      return json.tree();
    }
    if (value instanceof Map<?, ?> map) {
      var copy = new java.util.LinkedHashMap<String, @Nullable Object>();
      map.forEach((key, item) -> copy.put(String.valueOf(key), unwrap(item)));
      return copy;
    }
    if (value instanceof Iterable<?> items) {
      var copy = new java.util.ArrayList<@Nullable Object>();
      items.forEach(item -> copy.add(unwrap(item)));
      return copy;
    }
    return value;
  }

  private static SandboxException notJson(String detail) {
    return SandboxException.invalid("read JSON", "value", detail);
  }
}

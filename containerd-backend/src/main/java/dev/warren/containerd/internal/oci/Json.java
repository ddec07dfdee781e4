package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Collection;

/** JSON as this backend reads and writes it. */
public final class Json {
  /** Shared; it is thread-safe once configured. */
  public static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * Reads what the daemon stored.
   *
   * @throws IOException when it is no JSON
   */
  public static JsonNode read(ByteString text) throws IOException {
    return MAPPER.readTree(text.newInput());
  }

  /** Writes a tree without blanks. */
  public static ByteString bytes(JsonNode node) {
    try {
      return ByteString.copyFrom(MAPPER.writeValueAsBytes(node));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  static ArrayNode strings(Collection<String> values) {
    ArrayNode array = MAPPER.createArrayNode();
    values.forEach(array::add);
    return array;
  }

  static ArrayNode strings(String... values) {
    return strings(java.util.List.of(values));
  }
}

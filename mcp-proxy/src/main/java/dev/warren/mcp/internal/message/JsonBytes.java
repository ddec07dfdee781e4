package dev.warren.mcp.internal.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.warren.mcp.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Finds and replaces members of an object in UTF-8 bytes; all other bytes stay as they are. */
public final class JsonBytes {
  /** Field names are the peer's: they are not interned, which would keep them for good. */
  public static final JsonFactory FACTORY =
      ((JsonFactoryBuilder)
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Json.MAX_DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNumberLength(1_000)
                          .build()))
          .build();

  private JsonBytes() {}

  /** Where a value lies; {@code end} is exclusive. */
  public record Range(int start, int end) {
    int length() {
      return end - start;
    }
  }

  /** The deepest object on the way to a member that is missing. */
  private record Gap(int depth, Range place, boolean object, boolean empty) {}

  /** Every value at a path, in order; more than one where names are repeated. */
  static List<Range> find(byte[] bytes, Range object, String... path) throws IOException {
    List<Range> found = new ArrayList<>(1);
    walk(bytes, object, path, found);
    return found;
  }

  /**
   * Puts a value at a path, and the objects on the way where they are missing.
   *
   * @throws IOException when it is not an object, or something on the way is neither an object nor
   *     null
   */
  static byte[] set(byte[] bytes, Range object, byte[] value, String... path) throws IOException {
    List<Range> found = new ArrayList<>(1);
    Gap gap = walk(bytes, object, path, found);
    ByteArrayOutputStream out = new ByteArrayOutputStream(object.length() + value.length + 64);
    int from = object.start();
    if (!found.isEmpty()) {
      for (Range range : found) {
        out.write(bytes, from, range.start() - from);
        out.writeBytes(value);
        from = range.end();
      }
    } else {
      Range place = gap.place();
      byte[] nested = nested(value, path, gap.object() ? gap.depth() : gap.depth() + 1);
      out.write(bytes, from, place.start() - from);
      if (gap.object()) {
        out.write(nested, 1, nested.length - 2);
        if (!gap.empty()) {
          out.write(',');
        }
        from = place.start();
      } else {
        out.writeBytes(nested);
        from = place.end();
      }
    }
    out.write(bytes, from, object.end() - from);
    return out.toByteArray();
  }

  /** A string as a JSON token. */
  static String quote(String text) {
    if (isPlain(text)) {
      return '"' + text + '"';
    }
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes, Range range) {
    return new String(bytes, range.start(), range.length(), StandardCharsets.UTF_8);
  }

  /** Goes to the end of the current value and says where it lies. */
  public static Range value(JsonParser parser, int base) throws IOException {
    int start = base + (int) parser.currentTokenLocation().getByteOffset();
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
    } else {
      parser.finishToken();
    }
    return new Range(start, base + (int) parser.currentLocation().getByteOffset());
  }

  private static byte[] nested(byte[] value, String[] path, int from) {
    StringBuilder head = new StringBuilder();
    for (String name : Arrays.asList(path).subList(from, path.length)) {
      head.append('{').append(quote(name)).append(':');
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(utf8(head.toString()));
    out.writeBytes(value);
    out.writeBytes(utf8("}".repeat(path.length - from)));
    return out.toByteArray();
  }

  private static Gap walk(byte[] bytes, Range object, String[] path, List<Range> found)
      throws IOException {
    try (JsonParser parser = FACTORY.createParser(bytes, object.start(), object.length())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("not an object");
      }
      return walk(parser, object.start(), path, 0, found);
    }
  }

  private static Gap walk(JsonParser parser, int base, String[] path, int depth, List<Range> found)
      throws IOException {
    int inside = base + (int) parser.currentLocation().getByteOffset();
    boolean empty = true;
    Gap deepest = null;
    for (; parser.nextToken() == JsonToken.FIELD_NAME; empty = false) {
      boolean match = path[depth].equals(parser.currentName());
      JsonToken token = parser.nextToken();
      if (match && depth < path.length - 1 && token == JsonToken.START_OBJECT) {
        deepest = walk(parser, base, path, depth + 1, found);
        continue;
      }
      Range value = value(parser, base);
      if (match && depth == path.length - 1) {
        found.add(value);
      } else if (match && token == JsonToken.VALUE_NULL) {
        deepest = new Gap(depth, value, false, false);
      } else if (match) {
        throw new IOException(path[depth] + " is not an object");
      }
    }
    return deepest != null ? deepest : new Gap(depth, new Range(inside, inside), true, empty);
  }
}

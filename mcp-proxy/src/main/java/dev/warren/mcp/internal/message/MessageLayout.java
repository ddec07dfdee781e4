package dev.warren.mcp.internal.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.mcp.internal.message.Envelope.Kind;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What of a message is looked at: its kind, and where its members lie. */
final class MessageLayout {
  @Nullable Range id;
  @Nullable Range params;
  @Nullable Range result;
  @Nullable Range error;
  @Nullable String method;
  Kind kind = Kind.INVALID;

  private boolean idPresent;
  private boolean idUsable;
  private boolean repeated;
  private boolean methodUsable = true;
  private boolean nullResult;

  private MessageLayout() {}

  /**
   * Reads one object to its end, so that what is accepted is well-formed.
   *
   * @throws IOException when the bytes are not one JSON object
   */
  static MessageLayout read(byte[] bytes, int start, int end) throws IOException {
    if (end - start < 2 || bytes[start] != '{' || bytes[start + 1] == 0) {
      throw new IOException("not an object"); // a zero would make Jackson think of UTF-16
    }
    MessageLayout outline = new MessageLayout();
    try (JsonParser parser = JsonBytes.FACTORY.createParser(bytes, start, end - start)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        outline.member(parser, start);
      }
      if (parser.nextToken() != null) {
        throw new IOException("more than one value");
      }
    }
    outline.kind = outline.classify();
    return outline;
  }

  /** The same message in another array, with an id of another length. */
  MessageLayout moved(int by, Range oldId, int idLength) {
    MessageLayout copy = new MessageLayout();
    int grown = by + idLength - oldId.length();
    copy.id = new Range(oldId.start() + by, oldId.end() + grown);
    copy.params = moved(params, oldId, by, grown);
    copy.result = moved(result, oldId, by, grown);
    copy.error = moved(error, oldId, by, grown);
    copy.method = method;
    copy.kind = kind;
    copy.idUsable = true;
    return copy;
  }

  private static @Nullable Range moved(@Nullable Range range, Range id, int before, int after) {
    if (range == null) {
      return null;
    }
    int by = range.start() < id.start() ? before : after;
    return new Range(range.start() + by, range.end() + by);
  }

  /** Whether the id is a string or a number. */
  boolean hasId() {
    return idUsable;
  }

  private void member(JsonParser parser, int base) throws IOException {
    String name = parser.currentName();
    JsonToken token = parser.nextToken();
    switch (name) {
      case "id" -> {
        repeated |= idPresent;
        idPresent = true;
        idUsable = token == JsonToken.VALUE_STRING || token.isNumeric();
        id = JsonBytes.value(parser, base);
      }
      case "method" -> {
        repeated |= method != null;
        methodUsable = token == JsonToken.VALUE_STRING;
        method = methodUsable ? parser.getText() : "";
        parser.skipChildren();
      }
      case "params" -> {
        repeated |= params != null;
        params = JsonBytes.value(parser, base);
      }
      case "result" -> {
        repeated |= result != null;
        nullResult = token == JsonToken.VALUE_NULL;
        result = JsonBytes.value(parser, base);
      }
      case "error" -> {
        Range value = JsonBytes.value(parser, base);
        if (token != JsonToken.VALUE_NULL) { // JSON-RPC 1.0 has a null beside every result
          repeated |= error != null;
          error = value;
        }
      }
      default -> parser.skipChildren();
    }
  }

  private Kind classify() {
    if (error != null && nullResult) {
      result = null;
    }
    if (method != null) {
      boolean answer = result != null || error != null;
      if (repeated || answer || !methodUsable || (idPresent && !idUsable)) {
        return Kind.INVALID;
      }
      return idPresent ? Kind.REQUEST : Kind.NOTIFICATION;
    }
    if (repeated || (result == null) == (error == null)) {
      return idUsable ? Kind.BROKEN_ANSWER : Kind.INVALID;
    }
    return result != null ? Kind.RESULT : Kind.ERROR;
  }
}

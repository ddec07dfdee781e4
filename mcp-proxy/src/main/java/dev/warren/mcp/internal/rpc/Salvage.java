package dev.warren.mcp.internal.rpc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.mcp.internal.rpc.JsonBytes.Range;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a message of which only both ends are there, or that is broken inside: its
 * id, and whether it is a request.
 *
 * @param id the token, if it was found
 * @param request whether there is a method
 */
record Salvage(@Nullable String id, boolean request) {
  private static final byte[] ID = JsonBytes.utf8("\"id\"");

  /** Looks at the first and the last bytes of a line. */
  static Salvage of(byte[] head, byte[] tail) {
    Salvage first = fromHead(head);
    if (first.id() != null) {
      return first;
    }
    for (int at = tail.length - ID.length; at >= 0; at--) {
      if (startsMember(tail, at)) {
        Salvage last = fromTail(tail, at);
        if (last != null) {
          return new Salvage(last.id(), first.request() || last.request());
        }
      }
    }
    return first;
  }

  /** The id as one of ours; 0 if it is not. */
  long ownId() {
    if (id == null || request) {
      return 0;
    }
    byte[] token = JsonBytes.utf8(id);
    return Ids.number(token, new Range(0, token.length));
  }

  private static Salvage fromHead(byte[] head) {
    Members members = new Members();
    try (JsonParser parser = JsonBytes.FACTORY.createParser(head)) {
      members.read(parser, head);
    } catch (IOException cutOrBroken) {
      // what was read before counts
    }
    return new Salvage(members.id, members.request);
  }

  /** The rest of the object from a member on; null when it does not end as the object does. */
  private static @Nullable Salvage fromTail(byte[] tail, int at) {
    byte[] object = new byte[tail.length - at + 1];
    object[0] = '{';
    System.arraycopy(tail, at, object, 1, tail.length - at);
    Members members = new Members();
    try (JsonParser parser = JsonBytes.FACTORY.createParser(object)) {
      members.read(parser, object);
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole ? new Salvage(members.id, members.request) : null;
    } catch (IOException notTheEnd) {
      return null;
    }
  }

  private static boolean startsMember(byte[] tail, int at) {
    for (int i = 0; i < ID.length; i++) {
      if (tail[at + i] != ID[i]) {
        return false;
      }
    }
    return at > 0 && tail[at - 1] != '\\';
  }

  /** The members that were read until the bytes ended. */
  private static final class Members {
    private @Nullable String id;
    private boolean request;

    void read(JsonParser parser, byte[] bytes) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken token = parser.nextToken();
        request |= name.equals("method");
        if (name.equals("id") && token.isScalarValue()) {
          Range range = JsonBytes.value(parser, 0);
          boolean complete = token == JsonToken.VALUE_STRING || range.end() < bytes.length;
          boolean usable = token == JsonToken.VALUE_STRING || token.isNumeric();
          id = complete && usable ? JsonBytes.text(bytes, range) : null;
        } else {
          parser.skipChildren();
        }
      }
    }
  }
}

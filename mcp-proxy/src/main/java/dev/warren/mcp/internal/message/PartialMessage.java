package dev.warren.mcp.internal.message;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of a message of which only both ends are there, or that is broken inside: its
 * id, and what it is.
 *
 * @param id the token, if it was found
 * @param request whether there is a method
 * @param answer whether there is a result or an error
 */
public record PartialMessage(@Nullable String id, boolean request, boolean answer) {
  private static final byte[] ID = JsonBytes.utf8("\"id\"");

  /** Looks at the first and the last bytes of a line. */
  public static PartialMessage of(byte[] head, byte[] tail) {
    PartialMessage first = fromHead(head);
    if (first.id() != null) {
      return first;
    }
    for (int at = tail.length - ID.length; at >= 0; at--) {
      if (startsMember(tail, at)) {
        PartialMessage last = fromTail(tail, at);
        if (last != null) {
          return new PartialMessage(
              last.id(), first.request() || last.request(), first.answer() || last.answer());
        }
      }
    }
    return first;
  }

  /** The id of a call of ours to which this is the answer; 0 if it is not. */
  public long ownId() {
    if (id == null || request || !answer) {
      return 0;
    }
    byte[] token = JsonBytes.utf8(id);
    return MessageIds.number(token, new Range(0, token.length));
  }

  private static PartialMessage fromHead(byte[] head) {
    Members members = new Members();
    int start = 0;
    while (start < head.length && Envelope.isSpace(head[start])) {
      start++;
    }
    byte[] object = Arrays.copyOfRange(head, start, head.length);
    if (object.length < 2 || object[0] != '{' || object[1] == 0) {
      return members.found(); // a zero would make Jackson think of UTF-16
    }
    try (JsonParser parser = JsonBytes.FACTORY.createParser(object)) {
      readUntilCut(parser, object, members);
    } catch (IOException notClosed) {
      throw new AssertionError("memory can be closed", notClosed);
    }
    return members.found();
  }

  /** What comes before the cut, or the fault, counts: the name of the member where it is, too. */
  private static void readUntilCut(JsonParser parser, byte[] head, Members members) {
    try {
      members.read(parser, head);
    } catch (IOException cutOrBroken) {
      JsonStreamContext context = parser.getParsingContext();
      while (context.getParent() != null && !context.getParent().inRoot()) {
        context = context.getParent();
      }
      members.name(String.valueOf(context.getCurrentName()));
    }
  }

  /** The rest of the object from a member on; null when it does not end as the object does. */
  private static @Nullable PartialMessage fromTail(byte[] tail, int at) {
    byte[] object = new byte[tail.length - at + 1];
    object[0] = '{';
    System.arraycopy(tail, at, object, 1, tail.length - at);
    Members members = new Members();
    try (JsonParser parser = JsonBytes.FACTORY.createParser(object)) {
      members.read(parser, object);
      boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
      return whole ? members.found() : null;
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
    private boolean answer;

    PartialMessage found() {
      return new PartialMessage(id, request, answer);
    }

    void name(String name) {
      request |= name.equals("method");
      answer |= name.equals("result") || name.equals("error");
    }

    void read(JsonParser parser, byte[] bytes) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        name(name);
        JsonToken token = parser.nextToken();
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

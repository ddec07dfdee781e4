package dev.warren.mcp.internal.message;

import dev.warren.SandboxException;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the lines of our own requests. */
public final class RequestLine {
  private static final byte[] EMPTY_OBJECT = {'{', '}'};

  private RequestLine() {}

  /** A request with its LF; line ends in the params become spaces. */
  public static byte[] request(long id, String method, byte @Nullable [] params) {
    String head = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":" + JsonBytes.quote(method);
    byte[] start = JsonBytes.utf8(params == null ? head : head + ",\"params\":");
    int size = params == null ? 0 : params.length;
    byte[] line = new byte[start.length + size + 2];
    System.arraycopy(start, 0, line, 0, start.length);
    if (params != null) {
      System.arraycopy(params, 0, line, start.length, size);
      flatten(line, start.length, start.length + size);
    }
    line[line.length - 2] = '}';
    line[line.length - 1] = '\n';
    return line;
  }

  /** Line ends between tokens become spaces; inside of strings JSON has none. */
  static void flatten(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        bytes[i] = ' ';
      }
    }
  }

  /** Whether a member of this name is possible: it is there as it is, or with escapes. */
  static boolean mayName(byte[] bytes, int from, int to, byte[] name) {
    for (int i = from; i < to - 1; i++) {
      if (bytes[i] == '\\' && bytes[i + 1] == 'u') {
        return true;
      }
      if (bytes[i] == name[0]
          && i + name.length <= to
          && Arrays.equals(bytes, i, i + name.length, name, 0, name.length)) {
        return true;
      }
    }
    return false;
  }

  public static byte[] withProgressToken(byte @Nullable [] params, long token) {
    byte[] object = params == null ? EMPTY_OBJECT : params;
    try {
      byte[] value = JsonBytes.utf8(Long.toString(token));
      return JsonBytes.set(object, new Range(0, object.length), value, "_meta", "progressToken");
    } catch (IOException e) {
      throw SandboxException.invalid("ask for progress", "params", "they are not an object");
    }
  }
}

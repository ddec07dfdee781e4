package dev.warren.mcp.internal.message;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC message, kept as the bytes it came in. Only its outline is read: what it is, its id,
 * its method, and where params, result and error lie; members that nobody knows and the form of
 * every number go through unchanged. Immutable and thread-safe.
 *
 * <p>Ids are <em>tokens</em>: the JSON text of a string or a number, such as {@code "a"} with its
 * quotes, {@code 1} or {@code 1e0}.
 */
public final class Envelope {
  /** What a message is, by its members and not by what was asked before. */
  public enum Kind {
    /** A method and an id. */
    REQUEST,
    /** A method without an id. */
    NOTIFICATION,
    /** A result; the id may be missing or no id at all ({@link #id} is empty then). */
    RESULT,
    /** An error; the id may be missing, as in the answer to what a peer could not read. */
    ERROR,
    /** An id with both result and error, with neither, or with one of them twice. */
    BROKEN_ANSWER,
    /** An object that is none of these, or has a member of the outline twice. */
    INVALID
  }

  private static final byte[] PROGRESS_TOKEN = JsonBytes.utf8("progressToken");

  private final byte[] bytes;
  private final int start;
  private final int end;
  private final MessageLayout outline;

  private Envelope(byte[] bytes, int start, int end) throws IOException {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.outline = MessageLayout.read(bytes, start, end);
  }

  private Envelope(byte[] bytes, MessageLayout outline) {
    this.bytes = bytes;
    this.start = 0;
    this.end = bytes.length;
    this.outline = outline;
  }

  /**
   * Reads one message; the array belongs to the envelope from now on.
   *
   * @throws IOException when it is not one JSON object (white space around it is ignored), or is
   *     nested more than {@link Json#MAX_DEPTH} deep. The message of the exception is not for users
   */
  public static Envelope read(byte[] bytes) throws IOException {
    return read(bytes, 0, bytes.length);
  }

  public static Envelope read(byte[] bytes, int from, int to) throws IOException {
    int start = from;
    int end = to;
    while (start < end && isSpace(bytes[start])) {
      start++;
    }
    while (start < end && isSpace(bytes[end - 1])) {
      end--;
    }
    return new Envelope(bytes, start, end);
  }

  /**
   * Makes a request.
   *
   * @param id its token
   * @param params an object, or null for none
   */
  public static Envelope request(String id, String method, @Nullable Json params) {
    return of("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":" + rest(method, params));
  }

  /** Makes a notification; {@code params} may be null. */
  public static Envelope notification(String method, @Nullable Json params) {
    return of("{\"jsonrpc\":\"2.0\",\"method\":" + rest(method, params));
  }

  /** Makes the answer to the request with this id token. */
  public static Envelope result(String id, Json result) {
    return of("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}");
  }

  /** Makes the error answer to the request with this id token; {@code null} for none. */
  public static Envelope error(@Nullable String id, RpcError error) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("code", error.code());
    members.put("message", error.message());
    error.data().ifPresent(data -> members.put("data", data));
    return of("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\":" + Json.of(members) + "}");
  }

  public Kind kind() {
    return outline.kind;
  }

  /** The id's token, if there is a usable one: a string or a number. */
  public Optional<String> id() {
    return outline.hasId() ? text(outline.id) : Optional.empty();
  }

  /** The method of a request or a notification; of anything else an empty string. */
  public String method() {
    return outline.method == null ? "" : outline.method;
  }

  public Optional<Json> params() {
    return text(outline.params).map(Json::parse);
  }

  public Optional<Json> result() {
    return text(outline.result).map(Json::parse);
  }

  /** The error; a code that is no whole number is 0, a message that is no string is empty. */
  public Optional<RpcError> error() {
    return text(outline.error)
        .map(Json::parse)
        .map(
            error ->
                new RpcError(
                    error.at("/code").map(Envelope::number).orElse(0L),
                    error.string("/message").orElse(""),
                    token("error", "data").map(Json::parse)));
  }

  /** Whether it is an answer: a result, an error or a broken one. */
  public boolean isAnswer() {
    return switch (outline.kind) {
      case RESULT, ERROR, BROKEN_ANSWER -> true;
      case REQUEST, NOTIFICATION, INVALID -> false;
    };
  }

  /**
   * The text of the value at a path of member names, such as {@code params, _meta, progressToken};
   * read without making a tree. The last one where names are repeated.
   */
  public Optional<String> token(String... path) {
    try {
      List<Range> found = JsonBytes.find(bytes, range(), path);
      return found.isEmpty() ? Optional.empty() : text(found.get(found.size() - 1));
    } catch (IOException notThere) {
      return Optional.empty();
    }
  }

  /**
   * This message with another value at a path; missing objects on the way are made, all other bytes
   * stay. Where names are repeated, every one of them is set, so that both ends see the same.
   *
   * @param token JSON text
   * @throws SandboxException {@code INVALID_ARGUMENT} when the token is no JSON value, or something
   *     on the way is not an object
   */
  public Envelope with(String token, String... path) {
    try {
      return read(JsonBytes.set(bytes, range(), JsonBytes.utf8(token), path));
    } catch (IOException e) {
      throw SandboxException.of(
              SandboxException.Code.INVALID_ARGUMENT, "change", String.join(".", path))
          .detail("the message has no room for it")
          .cause(e)
          .build();
    }
  }

  /** This message with another id; all other bytes stay. */
  public Envelope withId(String token) {
    Range id = outline.id;
    if (id == null) {
      return with(token, "id");
    }
    byte[] value = JsonBytes.utf8(token);
    byte[] copy = splice(id, value, 0);
    return new Envelope(copy, outline.moved(-start, id, value.length));
  }

  /** Length in bytes. */
  public int size() {
    return end - start;
  }

  /** A copy of the message as it came, without a line end. */
  public byte[] toBytes() {
    return Arrays.copyOfRange(bytes, start, end);
  }

  /** The JSON text as it came. */
  public String toJson() {
    return JsonBytes.text(bytes, range());
  }

  /** What it is, for a log; no content. */
  @Override
  public String toString() {
    return outline.kind + " " + method() + " (" + size() + " bytes)";
  }

  /** The token of a request for progress; most have none, and are not parsed again for it. */
  public @Nullable String progressToken() {
    return RequestLine.mayName(bytes, start, end, PROGRESS_TOKEN)
        ? token("params", "_meta", "progressToken").orElse(null)
        : null;
  }

  /** The id as one of ours: a whole number above zero; 0 for any other. */
  public long ownId() {
    Range id = outline.id;
    return id == null || !outline.hasId() ? 0 : MessageIds.number(bytes, id);
  }

  /** The message as a line: line ends in it can only be white space, and become spaces. */
  public byte[] toLine() {
    byte[] line = Arrays.copyOfRange(bytes, start, end + 1);
    return closed(line);
  }

  /** The message as a line, with another id. */
  public byte[] toLine(String idToken) {
    Range id = outline.id;
    return id == null ? withId(idToken).toLine() : closed(splice(id, JsonBytes.utf8(idToken), 1));
  }

  private static byte[] closed(byte[] line) {
    RequestLine.flatten(line, 0, line.length - 1);
    line[line.length - 1] = '\n';
    return line;
  }

  private byte[] splice(Range old, byte[] value, int room) {
    byte[] copy = new byte[end - start - old.length() + value.length + room];
    int head = old.start() - start;
    System.arraycopy(bytes, start, copy, 0, head);
    System.arraycopy(value, 0, copy, head, value.length);
    System.arraycopy(bytes, old.end(), copy, head + value.length, end - old.end());
    return copy;
  }

  private Range range() {
    return new Range(start, end);
  }

  private Optional<String> text(@Nullable Range range) {
    return range == null ? Optional.empty() : Optional.of(JsonBytes.text(bytes, range));
  }

  private static String rest(String method, @Nullable Json params) {
    return JsonBytes.quote(method) + (params == null ? "}" : ",\"params\":" + params + "}");
  }

  private static Envelope of(String text) {
    try {
      return read(JsonBytes.utf8(text));
    } catch (IOException e) {
      throw SandboxException.of(SandboxException.Code.INVALID_ARGUMENT, "write", "message")
          .detail("its id or its content is no JSON value")
          .cause(e)
          .build();
    }
  }

  private static long number(Json value) {
    return value.toJava() instanceof Number number ? number.longValue() : 0;
  }

  public static boolean isSpace(byte value) {
    return value == ' ' || value == '\t' || value == '\r' || value == '\n';
  }
}

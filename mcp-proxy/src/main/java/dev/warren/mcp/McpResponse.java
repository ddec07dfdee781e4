package dev.warren.mcp;

import dev.warren.mcp.McpErrorException.RpcError;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link McpRequest} in the raw: a result, or the server's error. Nothing in it was
 * interpreted. Immutable and thread-safe.
 */
public final class McpResponse {
  private final String method;
  private final Json id;
  private final @Nullable Json result;
  private final @Nullable RpcError error;
  private final Json outcome;

  /**
   * @param outcome the value of the member {@code result} or {@code error}, as it was sent
   */
  McpResponse(String method, Json id, boolean failed, Json outcome) {
    this.method = method;
    this.id = id;
    this.outcome = outcome;
    this.result = failed ? null : outcome;
    this.error = failed ? error(outcome) : null;
  }

  /** Whether the server answered with an error. */
  public boolean isError() {
    return error != null;
  }

  /**
   * The result.
   *
   * @throws McpErrorException when the server answered with an error
   */
  public Json result() {
    if (result == null) {
      throw new McpErrorException(method, error().orElseThrow());
    }
    return result;
  }

  /** The server's error, with its data. */
  public Optional<RpcError> error() {
    return Optional.ofNullable(error);
  }

  /**
   * The whole message of JSON-RPC 2.0, with the id of the request if it had one, else with the
   * session's.
   */
  public Json envelope() {
    return Json.parse(toString());
  }

  /** The envelope's text; the result or the error in it is the server's own. */
  @Override
  public String toString() {
    String member = isError() ? "error" : "result";
    return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"" + member + "\":" + outcome + "}";
  }

  private static RpcError error(Json raw) {
    return new RpcError(
        raw.at("/code").map(Json::toJava).map(McpResponse::code).orElse(-32603L),
        raw.string("/message").orElse(""),
        raw.at("/data"));
  }

  private static Long code(Object value) {
    return value instanceof Number number ? number.longValue() : -32603L;
  }
}

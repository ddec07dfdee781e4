package dev.warren.mcp;

import dev.warren.SandboxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request in the raw: any method, known or not. Immutable.
 *
 * @param method such as {@code tools/call}
 * @param params an object; sent as it is, but for members that the session adds to {@code _meta}
 * @param id of the caller's: the answer's {@linkplain McpResponse#envelope() envelope} bears it.
 *     The server sees another one, so two callers may use the same
 * @param timeout in place of the session's
 * @param progress hears of progress; where there is no {@code _meta.progressToken} yet, one is
 *     added
 */
public record McpRequest(
    String method,
    Optional<Json> params,
    Optional<Json> id,
    Optional<Duration> timeout,
    Optional<Consumer<McpProgress>> progress) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT} for an empty method, parameters that are not
   *     an object, an id that is neither a string nor a number, a timeout that is not positive
   */
  public McpRequest {
    if (method.isEmpty()) {
      throw SandboxException.invalid("call", "method", "it is empty");
    }
    if (params.filter(value -> !value.toString().startsWith("{")).isPresent()) {
      throw SandboxException.invalid("call", method, "the parameters are not an object");
    }
    if (id.filter(value -> !isId(value.toString())).isPresent()) {
      throw SandboxException.invalid("call", method, "the id is neither a string nor a number");
    }
    if (timeout.filter(value -> value.isZero() || value.isNegative()).isPresent()) {
      throw SandboxException.invalid("call", method, "the timeout is not positive");
    }
  }

  /** A request without parameters. */
  public static McpRequest of(String method) {
    return new McpRequest(
        method, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  public static McpRequest of(String method, Json params) {
    return of(method).params(params);
  }

  /** A request whose parameters are what {@link Json#of} takes. */
  public static McpRequest of(String method, Map<String, ?> params) {
    return of(method).params(Json.of(params));
  }

  public McpRequest params(Json value) {
    return new McpRequest(method, Optional.of(value), id, timeout, progress);
  }

  public McpRequest id(Json value) {
    return new McpRequest(method, params, Optional.of(value), timeout, progress);
  }

  public McpRequest timeout(Duration value) {
    return new McpRequest(method, params, id, Optional.of(value), progress);
  }

  /** The listener runs on a thread that is neither the reader's nor the writer's, in order. */
  public McpRequest onProgress(Consumer<McpProgress> listener) {
    return new McpRequest(method, params, id, timeout, Optional.of(listener));
  }

  private static boolean isId(String text) {
    char first = text.charAt(0);
    return first == '"' || first == '-' || Character.isDigit(first);
  }
}

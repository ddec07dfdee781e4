package dev.warren.mcp;

import dev.warren.SandboxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request for any method, known to this library or not. Immutable; each {@code with…} method
 * returns a changed copy.
 */
public final class McpRequest {
  private final String method;
  private final @Nullable Json params;
  private final @Nullable Json id;
  private final @Nullable Duration timeout;
  private final @Nullable Consumer<McpProgress> progress;

  private McpRequest(
      String method,
      @Nullable Json params,
      @Nullable Json id,
      @Nullable Duration timeout,
      @Nullable Consumer<McpProgress> progress) {
    this.method = method;
    this.params = params;
    this.id = id;
    this.timeout = timeout;
    this.progress = progress;
  }

  /**
   * A request without parameters.
   *
   * @param method such as {@code tools/call}
   * @throws SandboxException {@code INVALID_ARGUMENT} when it is empty
   */
  public static McpRequest of(String method) {
    if (method.isEmpty()) {
      throw SandboxException.invalid("call", "method", "it is empty");
    }
    return new McpRequest(method, null, null, null, null);
  }

  /** A request with parameters; see {@link #withParams}. */
  public static McpRequest of(String method, Json params) {
    return of(method).withParams(params);
  }

  /** A request whose parameters are what {@link Json#of} accepts; see {@link #withParams}. */
  public static McpRequest of(String method, Map<String, ?> params) {
    return of(method).withParams(Json.of(params));
  }

  /**
   * This request with other parameters. They are sent as they are, except for what the session adds
   * to {@code _meta}.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when they are not an object
   */
  public McpRequest withParams(Json value) {
    if (!value.toString().startsWith("{")) {
      throw SandboxException.invalid("call", method, "the parameters are not an object");
    }
    return new McpRequest(method, value, id, timeout, progress);
  }

  /**
   * This request with an id of the caller's, which the answer's {@linkplain McpResponse#envelope()
   * envelope} bears. The server sees a different one, so two callers may use the same id.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when it is neither a string nor a number
   */
  public McpRequest withId(Json value) {
    if (!isId(value.toString())) {
      throw SandboxException.invalid("call", method, "the id is neither a string nor a number");
    }
    return new McpRequest(method, params, value, timeout, progress);
  }

  /**
   * This request with a timeout of its own, instead of the session's.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT} when it is not positive
   */
  public McpRequest withTimeout(Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw SandboxException.invalid("call", method, "the timeout is not positive");
    }
    return new McpRequest(method, params, id, value, progress);
  }

  /**
   * This request with a listener for its progress. A {@code _meta.progressToken} is added unless
   * there is one.
   *
   * @param listener called in order, on a thread that carries no traffic
   */
  public McpRequest withProgress(Consumer<McpProgress> listener) {
    return new McpRequest(method, params, id, timeout, listener);
  }

  public String method() {
    return method;
  }

  /** The parameters, if there are any. */
  public Optional<Json> params() {
    return Optional.ofNullable(params);
  }

  /** The caller's id, if there is one. */
  public Optional<Json> id() {
    return Optional.ofNullable(id);
  }

  /** The timeout, if it is not the session's. */
  public Optional<Duration> timeout() {
    return Optional.ofNullable(timeout);
  }

  /** The listener for progress, if there is one. */
  public Optional<Consumer<McpProgress>> progress() {
    return Optional.ofNullable(progress);
  }

  /** The method; no parameters, which may hold secrets. */
  @Override
  public String toString() {
    return method;
  }

  private static boolean isId(String text) {
    char first = text.charAt(0);
    return first == '"' || first == '-' || Character.isDigit(first);
  }
}

package dev.warren.mcp;

import java.util.Optional;

/**
 * The server answered with a JSON-RPC error. Failures on the way, such as a timeout, are a {@link
 * dev.warren.SandboxException} instead, so the two cannot be confused.
 */
public final class McpErrorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient RpcError error;

  public McpErrorException(String method, RpcError error) {
    super(method + ": the server answered with error " + error.code() + ": " + error.message());
    this.error = error;
  }

  public RpcError error() {
    return error;
  }

  /**
   * The error member of an answer.
   *
   * @param data as the peer sent it
   */
  public record RpcError(long code, String message, Optional<Json> data) {}
}

package dev.warren.mcp.internal.errors;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * What a client is told of a failure on our side: a text for each code, never an exception's own,
 * which may say things of this host. The code stands in {@code error.data.code}.
 */
public final class FailureErrors {
  private FailureErrors() {}

  /** The error of a JSON-RPC answer, always -32603. */
  public static RpcError of(Throwable failure) {
    Code code = code(failure);
    return new RpcError(
        ErrorCodes.INTERNAL_ERROR, text(code), Optional.of(Json.of(Map.of("code", code.name()))));
  }

  /** The code of a failure, also of one that a future has wrapped. */
  public static Code code(Throwable failure) {
    Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
    return cause instanceof SandboxException known ? known.code() : Code.INTERNAL;
  }

  private static String text(Code code) {
    return switch (code) {
      case TIMEOUT -> "the server did not answer in time";
      case CANCELLED -> "the call was cancelled";
      case UNAVAILABLE, CLOSED -> "the server has ended or cannot be reached";
      case NOT_FOUND -> "the server cannot be started: it was not found";
      case PERMISSION_DENIED -> "the server cannot be started: it is not permitted";
      case RESOURCE_EXHAUSTED -> "a limit was reached";
      case DATA_LOSS -> "the server's answer was not usable";
      case INVALID_ARGUMENT, UNSUPPORTED -> "the request does not suit the server";
      case ALREADY_EXISTS, CONFLICT, INTERNAL -> "internal error";
    };
  }
}

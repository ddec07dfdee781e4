package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpErrorException.RpcError;
import java.time.Duration;
import java.util.Optional;

/** The errors of a conversation. */
final class Failures {
  private static final int METHOD_NOT_FOUND = -32601;
  private static final int INTERNAL_ERROR = -32603;

  private Failures() {}

  static SandboxException closed(String operation) {
    return SandboxException.of(Code.CLOSED, operation, "MCP session")
        .detail("the session was closed")
        .build();
  }

  /** The end of a process, as far as it is known already. */
  static SandboxException serverEnded(ServerProcess process) {
    return SandboxException.of(Code.UNAVAILABLE, "call", process.toString())
        .detail("the server has ended" + process.peer().exit().map(exit -> ": " + exit).orElse(""))
        .build();
  }

  /** A start or a session that failed, as the error of one call. */
  static SandboxException because(String method, SandboxException cause) {
    return SandboxException.of(cause.code(), "call " + method, cause.subject())
        .detail(cause.getMessage())
        .cause(cause)
        .build();
  }

  static SandboxException timeout(String method, Duration time, String during) {
    return SandboxException.of(Code.TIMEOUT, "call " + method, "MCP server")
        .detail("no answer within " + time + ", " + during)
        .build();
  }

  static SandboxException unsupported(String method, String detail, String remedy) {
    return SandboxException.of(Code.UNSUPPORTED, "call " + method, "MCP server")
        .detail(detail)
        .remedy(remedy)
        .build();
  }

  static SandboxException invalidAnswer(String method, String detail) {
    return SandboxException.of(Code.DATA_LOSS, "call " + method, "MCP server")
        .detail(detail)
        .build();
  }

  static McpErrorException noHandler(String method) {
    return error(method, METHOD_NOT_FOUND, "Method not found");
  }

  static McpErrorException handlerFailed(String method) {
    return error(method, INTERNAL_ERROR, "the client failed to handle it");
  }

  static McpErrorException handlerTimeout(String method) {
    return error(method, INTERNAL_ERROR, "the client did not handle it in time");
  }

  /** The server's error. */
  static McpErrorException refused(String method, Json error) {
    return new McpErrorException(
        method,
        new RpcError(
            error.at("/code").map(code -> code.as(Long.class)).orElse((long) INTERNAL_ERROR),
            error.string("/message").orElse(""),
            error.at("/data")));
  }

  private static McpErrorException error(String method, int code, String text) {
    return new McpErrorException(method, new RpcError(code, text, Optional.empty()));
  }
}

package dev.warren.mcp.sdk;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.util.Map;

/** Failures on the way, in the only form in which the SDK takes them. */
final class SdkFailures {
  private SdkFailures() {}

  static JSONRPCMessage response(Object id, Throwable failure) {
    Code code = failure instanceof SandboxException known ? known.code() : Code.INTERNAL;
    return JSONRPCResponse.error(
        id,
        new JSONRPCError(
            SdkClientTransport.LOCAL_FAILURE,
            String.valueOf(failure.getMessage()),
            Map.of("code", code.name())));
  }
}

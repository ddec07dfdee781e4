package dev.warren.mcp.internal.http;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.internal.rpc.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A complete answer to an HTTP request.
 *
 * @param body JSON, or nothing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Reply(int status, Map<String, String> headers, byte[] body) {
  static final int PARSE_ERROR = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int METHOD_NOT_FOUND = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int INTERNAL_ERROR = -32603;
  static final int HEADER_MISMATCH = -32020;
  static final int MISSING_CAPABILITY = -32021;
  static final int UNSUPPORTED_VERSION = -32022;

  /** A JSON-RPC message. */
  static Reply json(int status, byte[] body) {
    return new Reply(status, Map.of("Content-Type", "application/json"), body);
  }

  static Reply json(int status, Envelope message) {
    return json(status, message.toBytes());
  }

  /** A status without a body. */
  static Reply empty(int status) {
    return new Reply(status, Map.of(), new byte[0]);
  }

  /**
   * A JSON-RPC error.
   *
   * @param id the token of the request's id; null where there is no request to answer
   */
  static Reply error(int status, @Nullable String id, int code, String message) {
    return json(status, Envelope.error(id, new RpcError(code, message, Optional.empty())));
  }

  static Reply error(int status, @Nullable String id, int code, String message, Json data) {
    return json(status, Envelope.error(id, new RpcError(code, message, Optional.of(data))));
  }

  Reply with(String header, String value) {
    Map<String, String> more = new java.util.LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, more, body);
  }

  @Override
  public String toString() {
    return status + " " + new String(body, StandardCharsets.UTF_8);
  }
}

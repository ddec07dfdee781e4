package dev.warren.mcp.internal.http.exchange;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.message.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A complete answer to an HTTP request.
 *
 * @param body JSON, or nothing
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Reply(int status, Map<String, String> headers, byte[] body) {

  /** A JSON-RPC message. */
  public static Reply json(int status, byte[] body) {
    return new Reply(status, Map.of("Content-Type", "application/json"), body);
  }

  public static Reply json(int status, Envelope message) {
    return json(status, message.toBytes());
  }

  /** A status without a body. */
  public static Reply empty(int status) {
    return new Reply(status, Map.of(), new byte[0]);
  }

  /**
   * A JSON-RPC error.
   *
   * @param id the token of the request's id; null where there is no request to answer
   */
  public static Reply error(int status, @Nullable String id, int code, String message) {
    return json(status, Envelope.error(id, new RpcError(code, message, Optional.empty())));
  }

  public static Reply error(int status, @Nullable String id, int code, String message, Json data) {
    return json(status, Envelope.error(id, new RpcError(code, message, Optional.of(data))));
  }

  /** This reply with one header more. */
  public Reply with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Reply(status, more, body);
  }

  /** Sends it, which ends the exchange; a client that has gone does not matter. */
  public void sendTo(McpHttpExchange exchange) {
    try {
      exchange.send(status, headers, body);
    } catch (IOException gone) {
      exchange.abort();
    }
  }

  @Override
  public String toString() {
    return status + " " + new String(body, StandardCharsets.UTF_8);
  }
}

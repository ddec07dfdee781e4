package dev.warren.mcp.internal.http;

import dev.warren.mcp.proxy.McpHttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reading requests and sending replies. */
final class Exchanges {
  private Exchanges() {}

  /** Sends a reply; a client that has gone does not matter. */
  static void send(McpHttpExchange exchange, Reply reply) {
    try {
      exchange.send(reply.status(), reply.headers(), reply.body());
    } catch (IOException gone) {
      exchange.abort();
    }
  }

  /**
   * The body.
   *
   * @return empty when it is longer than the limit; the rest is not read then
   */
  static Optional<byte[]> body(McpHttpExchange exchange, int limit) throws IOException {
    Optional<String> length = exchange.header("Content-Length");
    if (length.filter(text -> text.length() > 10 || Long.parseLong(text) > limit).isPresent()) {
      return Optional.empty();
    }
    try (InputStream in = exchange.body()) {
      byte[] body = in.readNBytes(limit + 1);
      return body.length > limit ? Optional.empty() : Optional.of(body);
    }
  }

  /** Whether the client takes that media type. Without an Accept it takes anything. */
  static boolean accepts(McpHttpExchange exchange, String type) {
    List<String> accept = exchange.headers("Accept");
    if (accept.isEmpty()) {
      return true;
    }
    String group = type.substring(0, type.indexOf('/')) + "/*";
    for (String range : String.join(",", accept).toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      String name = parts[0].strip();
      if ((name.equals(type) || name.equals(group) || name.equals("*/*")) && !refused(parts)) {
        return true;
      }
    }
    return false;
  }

  /** A quality of zero means not acceptable. */
  private static boolean refused(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("q=0(\\.0*)?")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the body is JSON, by its Content-Type. */
  static boolean isJson(McpHttpExchange exchange) {
    return exchange
        .header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .filter("application/json"::equals)
        .isPresent();
  }
}

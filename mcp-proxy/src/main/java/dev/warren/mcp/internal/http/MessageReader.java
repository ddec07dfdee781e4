package dev.warren.mcp.internal.http;

import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.message.Envelope;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Future;

/** Reads the one JSON-RPC message that a POST carries, and refuses what is none. Thread-safe. */
final class MessageReader {
  static final String EVENTS = "text/event-stream";

  private static final String JSON = "application/json";

  private final int maxBodyBytes;
  private final HttpThreads threads;

  MessageReader(int maxBodyBytes, HttpThreads threads) {
    this.maxBodyBytes = maxBodyBytes;
    this.threads = threads;
  }

  /**
   * The message.
   *
   * @return empty when the request was refused, which has been answered then
   */
  Optional<Envelope> read(McpHttpExchange exchange) throws IOException {
    if (!takesEvents(exchange) && !accepts(exchange, JSON)) {
      return refused(exchange, 406, "answers are " + JSON + " or " + EVENTS);
    }
    if (!isJson(exchange)) {
      return refused(exchange, 415, "the body must be " + JSON);
    }
    Optional<byte[]> body;
    Future<?> guard = threads.guard(exchange);
    try {
      body = body(exchange);
    } finally {
      guard.cancel(false);
    }
    return body.isEmpty()
        ? refused(exchange, 413, "the body has more than " + maxBodyBytes + " bytes")
        : parse(exchange, body.get());
  }

  /** Whether the client takes an event stream. */
  static boolean takesEvents(McpHttpExchange exchange) {
    return accepts(exchange, EVENTS);
  }

  private static Optional<Envelope> refused(McpHttpExchange exchange, int status, String text) {
    Reply.error(status, null, ErrorCodes.INVALID_REQUEST, text).sendTo(exchange);
    return Optional.empty();
  }

  /** Empty when it is longer than the limit; the rest is not read then. */
  private Optional<byte[]> body(McpHttpExchange exchange) throws IOException {
    Optional<String> length = exchange.header("Content-Length");
    if (length
        .filter(text -> !text.matches("\\d{1,10}") || Long.parseLong(text) > maxBodyBytes)
        .isPresent()) {
      return Optional.empty();
    }
    try (InputStream in = exchange.body()) {
      byte[] body = in.readNBytes(maxBodyBytes + 1);
      return body.length > maxBodyBytes ? Optional.empty() : Optional.of(body);
    }
  }

  private static Optional<Envelope> parse(McpHttpExchange exchange, byte[] body) {
    Envelope message;
    try {
      message = Envelope.read(body);
    } catch (IOException e) {
      Reply refusal =
          isArray(body)
              ? Reply.error(400, null, ErrorCodes.INVALID_REQUEST, "send one message at a time")
              : Reply.error(400, null, ErrorCodes.PARSE_ERROR, "the body is not a JSON object");
      refusal.sendTo(exchange);
      return Optional.empty();
    }
    boolean usable =
        switch (message.kind()) {
          case REQUEST, NOTIFICATION -> !message.method().isEmpty();
          case RESULT, ERROR -> message.id().isPresent();
          case BROKEN_ANSWER, INVALID -> false;
        };
    boolean version = message.token("jsonrpc").filter("\"2.0\""::equals).isPresent();
    if (usable && version) {
      return Optional.of(message);
    }
    Reply.error(
            400,
            message.id().orElse(null),
            ErrorCodes.INVALID_REQUEST,
            version ? "not a JSON-RPC message" : "jsonrpc must be \"2.0\"")
        .sendTo(exchange);
    return Optional.empty();
  }

  private static boolean isArray(byte[] body) {
    for (byte each : body) {
      if (each > ' ') {
        return each == '[';
      }
    }
    return false;
  }

  /** Whether the client takes that media type. Without an Accept it takes anything. */
  private static boolean accepts(McpHttpExchange exchange, String type) {
    List<String> accept = exchange.headers("Accept");
    if (accept.isEmpty()) {
      return true;
    }
    String group = type.substring(0, type.indexOf('/')) + "/*";
    for (String range : String.join(",", accept).toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = range.split(";", -1);
      String name = parts[0].strip();
      if ((name.equals(type) || name.equals(group) || name.equals("*/*")) && !hasZeroQ(parts)) {
        return true;
      }
    }
    return false;
  }

  /** A quality of zero means not acceptable. */
  private static boolean hasZeroQ(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("q=0(\\.0*)?")) {
        return true;
      }
    }
    return false;
  }

  private static boolean isJson(McpHttpExchange exchange) {
    return exchange
        .header("Content-Type")
        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
        .filter(JSON::equals)
        .isPresent();
  }
}

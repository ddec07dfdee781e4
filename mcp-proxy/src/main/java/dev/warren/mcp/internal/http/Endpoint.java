package dev.warren.mcp.internal.http;

import dev.warren.mcp.internal.rpc.Envelope;
import dev.warren.mcp.proxy.McpAccess;
import dev.warren.mcp.proxy.McpHttpExchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request goes through: limits, Host and Origin, the gate, its form, and then the
 * revisions that it is of. Thread-safe.
 */
public final class Endpoint implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Endpoint.class);
  private static final String JSON = "application/json";
  private static final String EVENTS = "text/event-stream";

  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final Processes processes;
  private final Semaphore exchanges;
  private final LegacyEndpoint legacy;
  private final ModernEndpoint modern;
  private volatile boolean closed;

  public Endpoint(EndpointSettings settings) {
    this.settings = settings;
    this.threads = new HttpThreads(settings.maxProcesses(), settings.stall());
    this.processes = new Processes(settings.maxProcesses(), settings.maxProcessesEach());
    this.exchanges = new Semaphore(settings.maxExchanges());
    this.legacy = new LegacyEndpoint(settings, threads, processes);
    this.modern = new ModernEndpoint(settings, threads, processes);
    sweepLater();
  }

  /** The threads to take requests on. */
  public HttpThreads threads() {
    return threads;
  }

  /** How many servers run. */
  public int processes() {
    return processes.total();
  }

  /** How many sessions there are. */
  public int sessions() {
    return legacy.size();
  }

  /** Handles a request; it may be answered later. Never throws. */
  public void handle(McpHttpExchange request) {
    if (closed || !exchanges.tryAcquire()) {
      Exchanges.send(request, Reply.empty(503).with("Retry-After", "5"));
      return;
    }
    McpHttpExchange exchange = new CountedExchange(request, exchanges::release);
    try {
      admit(exchange);
    } catch (IOException gone) {
      exchange.abort();
    } catch (RuntimeException e) {
      LOG.warn("an MCP request failed", e);
      Exchanges.send(exchange, Reply.empty(500));
    }
  }

  @Override
  public void close() {
    closed = true;
    legacy.close();
    modern.close();
    threads.close();
  }

  private void admit(McpHttpExchange exchange) throws IOException {
    if (!settings.hosts().allows(exchange)) {
      Exchanges.send(
          exchange,
          Reply.error(403, null, Reply.INVALID_REQUEST, "this Host or Origin is not allowed"));
      return;
    }
    McpAccess access = settings.gate().check(exchange);
    if (access instanceof McpAccess.Denied denied) {
      Reply reply = Reply.empty(denied.status());
      Exchanges.send(
          exchange,
          denied.challenge().isEmpty()
              ? reply
              : reply.with("WWW-Authenticate", denied.challenge()));
      return;
    }
    McpAccess.Granted granted = (McpAccess.Granted) access;
    switch (exchange.method()) {
      case "POST" -> post(exchange, granted);
      case "GET" -> {
        if (Exchanges.accepts(exchange, EVENTS)) {
          legacy.get(exchange, granted);
        } else {
          refuse(exchange, 406, "a stream is " + EVENTS);
        }
      }
      case "DELETE" -> legacy.delete(exchange, granted);
      default -> Exchanges.send(exchange, Reply.empty(405).with("Allow", "POST, GET, DELETE"));
    }
  }

  private void post(McpHttpExchange exchange, McpAccess.Granted granted) throws IOException {
    boolean events = Exchanges.accepts(exchange, EVENTS);
    if (!events && !Exchanges.accepts(exchange, JSON)) {
      refuse(exchange, 406, "answers are " + JSON + " or " + EVENTS);
      return;
    }
    if (!Exchanges.isJson(exchange)) {
      refuse(exchange, 415, "the body must be " + JSON);
      return;
    }
    Optional<byte[]> body;
    Future<?> guard = threads.guard(exchange);
    try {
      body = Exchanges.body(exchange, settings.maxBodyBytes());
    } finally {
      guard.cancel(false);
    }
    if (body.isEmpty()) {
      refuse(exchange, 413, "the body has more than " + settings.maxBodyBytes() + " bytes");
      return;
    }
    Optional<Envelope> message = parse(exchange, body.get());
    if (message.isEmpty()) {
      return;
    }
    if (exchange.header(LegacyEndpoint.SESSION).isEmpty()
        && ModernRequest.isModern(exchange, message.get())) {
      modern.post(exchange, granted, message.get(), events);
    } else {
      legacy.post(exchange, granted, message.get(), events);
    }
  }

  /** The message; empty when the request was refused. */
  private static Optional<Envelope> parse(McpHttpExchange exchange, byte[] body) {
    Envelope message;
    try {
      message = Envelope.read(body);
    } catch (IOException e) {
      boolean batch = isArray(body);
      Exchanges.send(
          exchange,
          batch
              ? Reply.error(400, null, Reply.INVALID_REQUEST, "send one message at a time")
              : Reply.error(400, null, Reply.PARSE_ERROR, "the body is not a JSON object"));
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
    Exchanges.send(
        exchange,
        Reply.error(
            400,
            message.id().orElse(null),
            Reply.INVALID_REQUEST,
            version ? "not a JSON-RPC message" : "jsonrpc must be \"2.0\""));
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

  private static void refuse(McpHttpExchange exchange, int status, String text) {
    Exchanges.send(exchange, Reply.error(status, null, Reply.INVALID_REQUEST, text));
  }

  private void sweepLater() {
    Duration period = settings.idle().dividedBy(4);
    Duration atLeast = Duration.ofMillis(20);
    Future<?> unused =
        threads.later(
            () -> {
              if (!closed) {
                legacy.endIdle();
                modern.endIdle();
                sweepLater();
              }
            },
            period.compareTo(atLeast) < 0 ? atLeast : period);
  }
}

package dev.warren.mcp.internal.http;

import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.http.McpGate;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.budget.ProcessBudget;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.McpHeaders;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.http.exchange.TrackedExchange;
import dev.warren.mcp.internal.http.legacy.SessionDispatcher;
import dev.warren.mcp.internal.http.modern.StatelessDispatcher;
import dev.warren.mcp.internal.http.modern.StatelessRequest;
import dev.warren.mcp.internal.message.Envelope;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request goes through: limits, Host and Origin, the gate, its form, and then the
 * revisions that it is of. Thread-safe.
 */
public final class RequestPipeline implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RequestPipeline.class);

  private final McpGate gate;
  private final HostPolicy hosts;
  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final ProcessBudget budget;
  private final Semaphore exchanges;
  private final MessageReader messages;
  private final SessionDispatcher legacy;
  private final StatelessDispatcher modern;
  private volatile boolean closed;

  public RequestPipeline(McpGate gate, HostPolicy hosts, EndpointSettings settings) {
    this.gate = gate;
    this.hosts = hosts;
    this.settings = settings;
    this.threads = new HttpThreads(settings.limits().processes(), settings.times().stall());
    this.budget =
        new ProcessBudget(settings.limits().processes(), settings.limits().processesEach());
    this.exchanges = new Semaphore(settings.limits().exchanges());
    this.messages = new MessageReader(settings.limits().bodyBytes(), threads);
    this.legacy = new SessionDispatcher(settings, threads, budget);
    this.modern = new StatelessDispatcher(settings, threads, budget);
    sweepLater();
  }

  /** The threads to take requests on. */
  public Executor requestThreads() {
    return threads.requests();
  }

  /** How many servers run. */
  public int processCount() {
    return budget.total();
  }

  /** How many sessions there are. */
  public int sessionCount() {
    return legacy.size();
  }

  /** Handles a request; it may be answered later. Never throws. */
  public void handle(McpHttpExchange request) {
    if (closed || !exchanges.tryAcquire()) {
      Reply.empty(503).with("Retry-After", "5").sendTo(request);
      return;
    }
    McpHttpExchange exchange = new TrackedExchange(request, exchanges::release);
    try {
      admit(exchange);
    } catch (IOException gone) {
      exchange.abort();
    } catch (RuntimeException e) {
      LOG.warn("an MCP request failed", e);
      Reply.empty(500).sendTo(exchange);
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
    if (!hosts.allows(exchange)) {
      refuse(exchange, 403, "this Host or Origin is not allowed");
      return;
    }
    McpAccess access = gate.check(exchange);
    if (access instanceof McpAccess.Denied denied) {
      Reply reply = Reply.empty(denied.status());
      boolean plain = denied.challenge().isEmpty();
      (plain ? reply : reply.with("WWW-Authenticate", denied.challenge())).sendTo(exchange);
      return;
    }
    McpAccess.Granted granted = (McpAccess.Granted) access;
    switch (exchange.method()) {
      case "POST" -> post(exchange, granted);
      case "GET" -> {
        if (MessageReader.takesEvents(exchange)) {
          legacy.get(exchange, granted);
        } else {
          refuse(exchange, 406, "a stream is " + MessageReader.EVENTS);
        }
      }
      case "DELETE" -> legacy.delete(exchange, granted);
      default -> Reply.empty(405).with("Allow", "POST, GET, DELETE").sendTo(exchange);
    }
  }

  private void post(McpHttpExchange exchange, McpAccess.Granted granted) throws IOException {
    Optional<Envelope> message = messages.read(exchange);
    if (message.isEmpty()) {
      return;
    }
    boolean events = MessageReader.takesEvents(exchange);
    if (exchange.header(McpHeaders.SESSION).isEmpty()
        && StatelessRequest.isModern(exchange, message.get())) {
      modern.post(exchange, granted, message.get(), events);
    } else {
      legacy.post(exchange, granted, message.get(), events);
    }
  }

  private static void refuse(McpHttpExchange exchange, int status, String text) {
    Reply.error(status, null, ErrorCodes.INVALID_REQUEST, text).sendTo(exchange);
  }

  private void sweepLater() {
    Duration period = settings.times().idle().dividedBy(4);
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

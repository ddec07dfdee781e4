package dev.warren.mcp.internal.http;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.internal.http.Processes.Caller;
import dev.warren.mcp.internal.rpc.Envelope;
import dev.warren.mcp.proxy.McpAccess;
import dev.warren.mcp.proxy.McpHttpExchange;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Streamable HTTP of the revisions with a handshake: sessions, each with a process of its own.
 * Thread-safe.
 */
final class LegacyEndpoint implements AutoCloseable {
  static final String SESSION = "Mcp-Session-Id";
  static final String VERSION = "MCP-Protocol-Version";

  private static final int ID_BYTES = 32;

  /** For a session that makes room to end. */
  private static final Duration ROOM = Duration.ofSeconds(10);

  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final Processes processes;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, LegacySession> sessions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  LegacyEndpoint(EndpointSettings settings, HttpThreads threads, Processes processes) {
    this.settings = settings;
    this.threads = threads;
    this.processes = processes;
  }

  /** A message that was POSTed. */
  void post(McpHttpExchange exchange, McpAccess.Granted caller, Envelope message, boolean events) {
    if (message.kind() == Envelope.Kind.REQUEST && message.method().equals("initialize")) {
      initialize(exchange, caller, message);
      return;
    }
    LegacySession session = session(exchange, caller, message.id().orElse(null));
    if (session == null) {
      return;
    }
    if (message.kind() == Envelope.Kind.REQUEST) {
      session.call(exchange, message, events);
      return;
    }
    boolean taken = true;
    if (message.isAnswer()) {
      session.answer(message);
    } else {
      taken = session.notify(message);
    }
    Exchanges.send(exchange, Reply.empty(taken ? 202 : 503));
  }

  /** A client that listens, or comes back. */
  void get(McpHttpExchange exchange, McpAccess.Granted caller) {
    LegacySession session = session(exchange, caller, null);
    if (session != null && !session.listen(exchange, exchange.header("Last-Event-ID"))) {
      Exchanges.send(
          exchange,
          Reply.error(400, null, Reply.INVALID_REQUEST, "that event is not known any more"));
    }
  }

  /** The end of a session. */
  void delete(McpHttpExchange exchange, McpAccess.Granted caller) {
    LegacySession session = session(exchange, caller, null);
    if (session != null) {
      session.close();
      Exchanges.send(exchange, Reply.empty(204));
    }
  }

  /** Ends sessions that nobody used for a while. */
  void endIdle() {
    for (LegacySession session : List.copyOf(sessions.values())) {
      if (session.idleNanos() > settings.idle().toNanos()) {
        session.close();
      }
    }
  }

  int size() {
    return sessions.size();
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(sessions.values()).forEach(LegacySession::close);
  }

  private void initialize(McpHttpExchange exchange, McpAccess.Granted granted, Envelope request) {
    String token = request.id().orElseThrow();
    Caller caller = Caller.of(granted);
    if (exchange.header(SESSION).isPresent()) {
      Exchanges.send(
          exchange, Reply.error(400, token, Reply.INVALID_REQUEST, "the session has begun"));
      return;
    }
    boolean room = processes.take(caller);
    if (!room && !endOldest(granted)) {
      full(exchange, token);
      return;
    }
    threads.start(
        () -> {
          if (room || processes.take(caller, ROOM)) {
            start(exchange, granted, request, token);
          } else {
            full(exchange, token);
          }
        });
  }

  private static void full(McpHttpExchange exchange, String token) {
    Exchanges.send(
        exchange,
        Reply.error(503, token, Reply.INTERNAL_ERROR, "too many sessions")
            .with("Retry-After", "5"));
  }

  private void start(
      McpHttpExchange exchange, McpAccess.Granted granted, Envelope request, String token) {
    String id = newId();
    Runnable onClose = () -> sessions.remove(id);
    Runnable onEnd = () -> processes.give(Caller.of(granted));
    LegacySession session;
    try {
      session = LegacySession.start(id, granted, settings, threads, onClose, onEnd);
    } catch (RuntimeException e) {
      onEnd.run();
      Exchanges.send(exchange, Reply.json(502, Envelope.error(token, Failures.of(e))));
      return;
    }
    try {
      Envelope answer = session.initialize(request);
      if (answer.kind() != Envelope.Kind.RESULT) {
        session.close();
        Exchanges.send(exchange, Reply.json(200, answer));
        return;
      }
      sessions.put(id, session);
      if (closed || session.isEnded()) {
        session.close();
      }
      Exchanges.send(exchange, Reply.json(200, answer).with(SESSION, id));
    } catch (SandboxException e) {
      session.close();
      Exchanges.send(exchange, Reply.json(502, Envelope.error(token, Failures.of(e))));
    }
  }

  /** The session of a request; null when the request was refused. */
  private @Nullable LegacySession session(
      McpHttpExchange exchange, McpAccess.Granted caller, @Nullable String token) {
    Optional<String> id = exchange.header(SESSION);
    if (id.isEmpty()) {
      Exchanges.send(
          exchange, Reply.error(400, token, Reply.INVALID_REQUEST, SESSION + " is missing"));
      return null;
    }
    LegacySession session = sessions.get(id.get());
    if (session == null || !session.belongsTo(caller)) {
      Exchanges.send(
          exchange, Reply.error(404, token, Reply.INVALID_REQUEST, "there is no such session"));
      return null;
    }
    Optional<String> version = exchange.header(VERSION);
    if (version.isPresent() && !isLegacy(version.get())) {
      Json versions =
          Json.of(
              Map.of(
                  "supported",
                  McpRevision.of(McpEra.LEGACY).stream().map(String::valueOf).toList()));
      Exchanges.send(
          exchange,
          Reply.error(400, token, Reply.INVALID_REQUEST, VERSION + " is not supported", versions));
      return null;
    }
    return session;
  }

  private static boolean isLegacy(String version) {
    return McpRevision.of(version).filter(known -> known.era() == McpEra.LEGACY).isPresent();
  }

  /** Makes room for a caller by the session of its own that it used last; false if all are busy. */
  private boolean endOldest(McpAccess.Granted caller) {
    Optional<LegacySession> oldest =
        sessions.values().stream()
            .filter(session -> session.belongsTo(caller) && session.idleNanos() > 0)
            .max(Comparator.comparingLong(LegacySession::idleNanos));
    oldest.ifPresent(LegacySession::close);
    return oldest.isPresent();
  }

  private String newId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }
}

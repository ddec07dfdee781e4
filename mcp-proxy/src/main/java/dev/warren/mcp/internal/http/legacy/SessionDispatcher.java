package dev.warren.mcp.internal.http.legacy;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.http.McpAccess;
import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.errors.FailureErrors;
import dev.warren.mcp.internal.http.budget.Caller;
import dev.warren.mcp.internal.http.budget.EndpointSettings;
import dev.warren.mcp.internal.http.budget.ProcessBudget;
import dev.warren.mcp.internal.http.budget.ProcessBudget.Place;
import dev.warren.mcp.internal.http.exchange.HttpThreads;
import dev.warren.mcp.internal.http.exchange.McpHeaders;
import dev.warren.mcp.internal.http.exchange.Reply;
import dev.warren.mcp.internal.message.Envelope;
import java.security.SecureRandom;
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
public final class SessionDispatcher implements AutoCloseable {
  private static final int ID_BYTES = 32;

  private final EndpointSettings settings;
  private final HttpThreads threads;
  private final ProcessBudget budget;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, LegacySession> sessions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  public SessionDispatcher(EndpointSettings settings, HttpThreads threads, ProcessBudget budget) {
    this.settings = settings;
    this.threads = threads;
    this.budget = budget;
  }

  /** A message that was POSTed. */
  public void post(
      McpHttpExchange exchange, McpAccess.Granted caller, Envelope message, boolean events) {
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
    Reply.empty(taken ? 202 : 503).sendTo(exchange);
  }

  /** A client that listens, or comes back. */
  public void get(McpHttpExchange exchange, McpAccess.Granted caller) {
    LegacySession session = session(exchange, caller, null);
    if (session != null && !session.listen(exchange, exchange.header("Last-Event-ID"))) {
      Reply.error(400, null, ErrorCodes.INVALID_REQUEST, "that event is not known any more")
          .sendTo(exchange);
    }
  }

  /** The end of a session. */
  public void delete(McpHttpExchange exchange, McpAccess.Granted caller) {
    LegacySession session = session(exchange, caller, null);
    if (session != null) {
      session.close();
      Reply.empty(204).sendTo(exchange);
    }
  }

  /** Ends sessions that nobody used for a while. */
  public void endIdle() {
    for (LegacySession session : List.copyOf(sessions.values())) {
      if (session.idleNanos() > settings.times().idle().toNanos()) {
        session.close();
      }
    }
  }

  /** How many sessions there are. */
  public int size() {
    return sessions.size();
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(sessions.values()).forEach(LegacySession::close);
  }

  private void initialize(McpHttpExchange exchange, McpAccess.Granted granted, Envelope request) {
    String token = request.id().orElseThrow();
    if (exchange.header(McpHeaders.SESSION).isPresent()) {
      Reply.error(400, token, ErrorCodes.INVALID_REQUEST, "the session has begun").sendTo(exchange);
      return;
    }
    Optional<Place> place = budget.reserve(Caller.of(granted), () -> endOldest(granted));
    if (place.isEmpty()) {
      full(exchange, token);
      return;
    }
    threads.start(
        () -> {
          if (place.get().await()) {
            start(exchange, granted, request, token, place.get());
          } else {
            full(exchange, token);
          }
        });
  }

  private static void full(McpHttpExchange exchange, String token) {
    Reply.error(503, token, ErrorCodes.INTERNAL_ERROR, "too many sessions")
        .with("Retry-After", "5")
        .sendTo(exchange);
  }

  private void start(
      McpHttpExchange exchange,
      McpAccess.Granted granted,
      Envelope request,
      String token,
      Place place) {
    String id = newId();
    Runnable onClose = () -> sessions.remove(id);
    LegacySession session;
    try {
      session = LegacySession.start(granted, settings, threads, onClose, place::release);
    } catch (RuntimeException e) {
      place.release();
      Reply.json(502, Envelope.error(token, FailureErrors.of(e))).sendTo(exchange);
      return;
    }
    try {
      Envelope answer = session.initialize(request);
      if (answer.kind() != Envelope.Kind.RESULT) {
        session.close();
        Reply.json(200, answer).sendTo(exchange);
        return;
      }
      sessions.put(id, session);
      if (closed || session.isEnded()) {
        session.close();
      }
      Reply.json(200, answer).with(McpHeaders.SESSION, id).sendTo(exchange);
    } catch (SandboxException e) {
      session.close();
      Reply.json(502, Envelope.error(token, FailureErrors.of(e))).sendTo(exchange);
    }
  }

  /** The session of a request; null when the request was refused. */
  private @Nullable LegacySession session(
      McpHttpExchange exchange, McpAccess.Granted caller, @Nullable String token) {
    Optional<String> id = exchange.header(McpHeaders.SESSION);
    if (id.isEmpty()) {
      Reply.error(400, token, ErrorCodes.INVALID_REQUEST, McpHeaders.SESSION + " is missing")
          .sendTo(exchange);
      return null;
    }
    LegacySession session = sessions.get(id.get());
    if (session == null || !session.belongsTo(caller)) {
      Reply.error(404, token, ErrorCodes.INVALID_REQUEST, "there is no such session")
          .sendTo(exchange);
      return null;
    }
    Optional<String> version = exchange.header(McpHeaders.VERSION);
    if (version.isPresent() && !isLegacy(version.get())) {
      Json versions =
          Json.of(
              Map.of(
                  "supported",
                  McpRevision.of(McpEra.LEGACY).stream().map(String::valueOf).toList()));
      Reply.error(
              400,
              token,
              ErrorCodes.INVALID_REQUEST,
              McpHeaders.VERSION + " is not supported",
              versions)
          .sendTo(exchange);
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

package dev.warren.mcp.internal.proxy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpSessionBuilder;
import dev.warren.mcp.McpState;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.internal.thread.DaemonThreads;
import dev.warren.mcp.proxy.McpServerLookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** One session for each server of each bot. Thread-safe; no session is ended under the lock. */
public final class SharedSessions implements AutoCloseable {
  private final McpServerLookup servers;
  private final UnaryOperator<McpSessionBuilder> setup;
  private final int limit;
  private final long idleNanos;
  private final Map<Key, Lease> sessions = new HashMap<>();
  private final ScheduledThreadPoolExecutor sweeper;
  private boolean closed;

  private record Key(BotId bot, String server) {}

  /** A session, and how many use it. */
  public final class Lease implements AutoCloseable {
    private final McpSession session;
    private int users;
    private long lastUsed = System.nanoTime();

    private Lease(McpSession session) {
      this.session = session;
    }

    public McpSession session() {
      return session;
    }

    /** Gives it back; the session goes on. */
    @Override
    public void close() {
      synchronized (SharedSessions.this) {
        users--;
        lastUsed = System.nanoTime();
      }
    }

    private long idle() {
      return users > 0 ? 0 : System.nanoTime() - lastUsed;
    }
  }

  public SharedSessions(
      McpServerLookup servers, UnaryOperator<McpSessionBuilder> setup, int limit, Duration idle) {
    this.servers = servers;
    this.setup = setup;
    this.limit = limit;
    this.idleNanos = idle.toNanos();
    this.sweeper = new ScheduledThreadPoolExecutor(1, DaemonThreads.named("warren-mcp-proxy"));
    long period = Math.max(idleNanos / 4, TimeUnit.MILLISECONDS.toNanos(10));
    Future<?> unused =
        sweeper.scheduleWithFixedDelay(this::endIdle, period, period, TimeUnit.NANOSECONDS);
  }

  /**
   * The session of a server, made if there is none; to be closed after use.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code RESOURCE_EXHAUSTED}, {@code CLOSED}
   */
  public Lease use(BotId bot, String server) {
    Key key = new Key(bot, server);
    Optional<Lease> known = living(key);
    if (known.isPresent()) {
      return known.get();
    }
    StdioTransport transport =
        servers
            .find(bot, server)
            .orElseThrow(
                () ->
                    SandboxException.of(Code.NOT_FOUND, "call MCP server", server)
                        .detail("this bot has no such server")
                        .build());
    List<McpSession> dropped = new ArrayList<>();
    try {
      return create(key, transport, dropped);
    } finally {
      end(dropped);
    }
  }

  /** Ends the sessions of a bot. Returns at once. */
  public void end(BotId bot) {
    end(take(entry -> entry.getKey().bot.equals(bot)));
  }

  public synchronized int size() {
    return sessions.size();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    sweeper.shutdownNow();
    take(entry -> true).parallelStream().forEach(McpSession::close);
  }

  private synchronized Optional<Lease> living(Key key) {
    if (closed) {
      throw SandboxException.of(Code.CLOSED, "call MCP server", key.server).build();
    }
    Lease lease = sessions.get(key);
    if (lease == null || lease.session.state() instanceof McpState.Closed) {
      return Optional.empty();
    }
    lease.users++;
    return Optional.of(lease);
  }

  private synchronized Lease create(Key key, StdioTransport transport, List<McpSession> dropped) {
    Optional<Lease> known = living(key); // somebody else may have been faster
    if (known.isPresent()) {
      return known.get();
    }
    if (sessions.size() >= limit && !sessions.containsKey(key)) {
      dropped.add(sessions.remove(idlest(key.server)).session);
    }
    Lease lease = new Lease(setup.apply(McpSession.builder(transport)).build());
    lease.users = 1;
    sessions.put(key, lease);
    return lease;
  }

  private Key idlest(String server) {
    return sessions.entrySet().stream()
        .filter(entry -> entry.getValue().users == 0)
        .max(Comparator.comparingLong(entry -> entry.getValue().idle()))
        .map(Map.Entry::getKey)
        .orElseThrow(
            () ->
                SandboxException.of(Code.RESOURCE_EXHAUSTED, "call MCP server", server)
                    .detail("all " + limit + " sessions are in use")
                    .remedy("raise maxSessions, or try later")
                    .build());
  }

  private void endIdle() {
    end(take(entry -> entry.getValue().idle() > idleNanos));
  }

  private synchronized List<McpSession> take(Predicate<Map.Entry<Key, Lease>> which) {
    List<McpSession> taken = new ArrayList<>();
    sessions.entrySet().removeIf(entry -> which.test(entry) && taken.add(entry.getValue().session));
    return taken;
  }

  /** Elsewhere, because a server may take its time to end. */
  private static void end(List<McpSession> taken) {
    for (McpSession session : taken) {
      DaemonThreads.create("warren-mcp-proxy-end", session::close).start();
    }
  }
}

package dev.warren.mcp.proxy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxListener;
import dev.warren.mcp.McpSessionBuilder;
import dev.warren.mcp.internal.proxy.MessageHandler;
import dev.warren.mcp.internal.proxy.SharedSessions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Takes JSON-RPC messages as text and returns the answers as text. All callers of a bot's server
 * share one session with it, whatever ids they use. The first call creates the session; if it has
 * been closed, the next call creates another. The server's process comes and goes with its sandbox.
 *
 * <p>A faulty message is answered with a JSON-RPC error: -32700 if it is not JSON; -32600 if it is
 * not a JSON-RPC 2.0 message, or is an array of them; -32601 if the method is missing; -32602 if
 * the parameters are not an object; -32603 if no answer could be obtained, with only the {@link
 * SandboxException.Code} in {@code data.code}. A faulty route is an exception. Errors of the server
 * are passed on. Thread-safe.
 */
public final class McpProxy implements AutoCloseable {
  private final SharedSessions sessions;
  private final MessageHandler handler;

  private McpProxy(SharedSessions sessions) {
    this.sessions = sessions;
    this.handler = new MessageHandler(sessions);
  }

  /**
   * Returns a builder with the default settings.
   *
   * @param servers which servers each bot has
   */
  public static Builder builder(McpServerLookup servers) {
    return new Builder(servers);
  }

  /**
   * Handles one message. Blocks until the server has answered; interrupting the thread cancels the
   * call.
   *
   * @return the answer, with the id exactly as it was sent; empty for notifications and answers,
   *     which get none
   * @throws SandboxException {@code NOT_FOUND} if the bot has no such server, or the caller is
   *     another bot; {@code RESOURCE_EXHAUSTED} if all sessions are in use; {@code CLOSED}
   */
  public Optional<String> handle(McpRoute route, String message) {
    if (!route.caller().equals(route.bot())) {
      throw SandboxException.of(Code.NOT_FOUND, "call MCP server", route.server())
          .detail("this bot has no such server")
          .build();
    }
    return handler.handle(route, message);
  }

  /** A listener for the sandboxes' manager, which ends a bot's sessions when its sandbox stops. */
  public SandboxListener listener() {
    return new SandboxListener() {
      @Override
      public void stopped(BotId bot, int exitCode) {
        sessions.end(bot);
      }

      @Override
      public void deleted(BotId bot) {
        sessions.end(bot);
      }
    };
  }

  /** The number of sessions. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Ends all sessions and their servers. Waiting calls are answered with -32603. */
  @Override
  public void close() {
    sessions.close();
  }

  /** The settings of a proxy. Not thread-safe. */
  public static final class Builder {
    private final McpServerLookup servers;
    private UnaryOperator<McpSessionBuilder> setup = UnaryOperator.identity();
    private int maxSessions = 256;
    private Duration idle = Duration.ofMinutes(10);

    private Builder(McpServerLookup servers) {
      this.servers = servers;
    }

    /** Configures each new session: handlers for requests of its server, timeouts, limits. */
    public Builder sessionSetup(UnaryOperator<McpSessionBuilder> value) {
      setup = value;
      return this;
    }

    /** How many sessions there may be. One more replaces the longest idle one. Default: 256. */
    public Builder maxSessions(int value) {
      maxSessions = value;
      return this;
    }

    /** How long a session may be idle before it is ended. Default: 10 minutes. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /**
     * Builds the proxy. No session is created yet.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if a value is not positive
     */
    public McpProxy build() {
      if (maxSessions < 1 || idle.isNegative() || idle.isZero()) {
        throw SandboxException.invalid(
            "configure", "MCP proxy", "maxSessions and idle must be positive");
      }
      return new McpProxy(new SharedSessions(servers, setup, maxSessions, idle));
    }
  }
}

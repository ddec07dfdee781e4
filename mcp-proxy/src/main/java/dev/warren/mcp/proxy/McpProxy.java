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
 * JSON-RPC text in, JSON-RPC text out: one session for each server of each bot, shared by all that
 * call it, whatever ids they use. The session is made by the first call, once, and replaced when it
 * was closed; the server's process comes and goes with its sandbox.
 *
 * <p>What is wrong with a request is a JSON-RPC error in the answer: -32700 no JSON; -32600 no
 * message of JSON-RPC 2.0, or several in an array; -32601 no method; -32602 parameters that are not
 * an object; -32603 no answer could be had, with nothing but the {@link SandboxException.Code} in
 * {@code data.code}. What is wrong with a route is an exception. Errors of the server go through.
 * Thread-safe.
 */
public final class McpProxy implements AutoCloseable {
  private final SharedSessions sessions;
  private final MessageHandler handler;

  private McpProxy(SharedSessions sessions) {
    this.sessions = sessions;
    this.handler = new MessageHandler(sessions);
  }

  /** Starts the settings of a proxy. */
  public static Builder builder(McpServerLookup servers) {
    return new Builder(servers);
  }

  /**
   * Handles one message. Blocks until the server has answered; an interrupt cancels the call.
   *
   * @return the answer with the id as it came; empty for notifications and answers, which are
   *     accepted without one
   * @throws SandboxException {@code NOT_FOUND} when the bot has no such server, and also when the
   *     caller is another bot; {@code RESOURCE_EXHAUSTED} when there are too many sessions; {@code
   *     CLOSED}
   */
  public Optional<String> handle(McpRoute route, String message) {
    if (!route.caller().equals(route.bot())) {
      throw SandboxException.of(Code.NOT_FOUND, "call MCP server", route.server())
          .detail("this bot has no such server")
          .build();
    }
    return handler.handle(route, message);
  }

  /** For the manager of the sandboxes: ends a bot's sessions when its sandbox stops. */
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

  /** How many sessions there are. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Ends all sessions and their servers. Calls that wait are answered with -32603. */
  @Override
  public void close() {
    sessions.close();
  }

  /** Collects the settings of a proxy. Not thread-safe. */
  public static final class Builder {
    private final McpServerLookup servers;
    private UnaryOperator<McpSessionBuilder> setup = UnaryOperator.identity();
    private int maxSessions = 256;
    private Duration idle = Duration.ofMinutes(10);

    private Builder(McpServerLookup servers) {
      this.servers = servers;
    }

    /** Sets up each session: handlers for what its server asks, times, limits. */
    public Builder sessionSetup(UnaryOperator<McpSessionBuilder> value) {
      setup = value;
      return this;
    }

    /** 256 unless set. A new one takes the place of that which is idle longest. */
    public Builder maxSessions(int value) {
      maxSessions = value;
      return this;
    }

    /** Until a session that nobody uses ends: 10 minutes unless set. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /**
     * The proxy.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
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

package dev.warren.mcp.proxy;

import dev.warren.BotId;
import dev.warren.mcp.channel.StdioTransport;
import java.util.Optional;

/** Finds the servers of bots. Implementations are thread-safe. */
@FunctionalInterface
public interface McpServerLookup {

  /**
   * The transport that starts a bot's server of this name, if it has one. Called once per session.
   */
  Optional<StdioTransport> find(BotId bot, String server);
}

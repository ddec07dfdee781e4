package dev.warren.mcp.proxy;

import dev.warren.BotId;
import dev.warren.mcp.channel.StdioTransport;
import java.util.Optional;

/** Which servers a bot has. Thread-safe. */
@FunctionalInterface
public interface McpServerLookup {

  /** How to start a bot's server of that name, if it has one. Asked once for each session. */
  Optional<StdioTransport> find(BotId bot, String server);
}

package dev.warren.mcp.proxy;

import dev.warren.BotId;
import java.util.Objects;

/**
 * Where a JSON-RPC request goes, and who sends it.
 *
 * @param caller the bot that was authenticated
 * @param bot whose server it is; refused if it is not the caller
 * @param server the name of the server
 * @param client tells clients of the same bot apart, such as a user or a connection: one cannot
 *     cancel what another has begun
 */
public record McpRoute(BotId caller, BotId bot, String server, String client) {
  public McpRoute {
    Objects.requireNonNull(caller, "caller");
    Objects.requireNonNull(bot, "bot");
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(client, "client");
  }

  /** A bot's request to a server of its own. */
  public static McpRoute of(BotId bot, String server, String client) {
    return new McpRoute(bot, bot, server, client);
  }
}

package dev.warren.mcp.proxy;

import dev.warren.BotId;
import java.util.Objects;

/**
 * The sender of a JSON-RPC message, and the server it is for.
 *
 * @param caller the bot that has been authenticated
 * @param bot the bot whose server is meant; refused unless it is the caller
 * @param server the name of the server
 * @param client distinguishes the clients of one bot, by user or connection for example: none can
 *     cancel the calls of another
 */
public record McpRoute(BotId caller, BotId bot, String server, String client) {
  public McpRoute {
    Objects.requireNonNull(caller, "caller");
    Objects.requireNonNull(bot, "bot");
    Objects.requireNonNull(server, "server");
    Objects.requireNonNull(client, "client");
  }

  /** A route from a bot to one of its own servers. */
  public static McpRoute of(BotId bot, String server, String client) {
    return new McpRoute(bot, bot, server, client);
  }
}

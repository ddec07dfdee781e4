package dev.warren.mcp.http;

import dev.warren.mcp.channel.StdioTransport;

/**
 * Decides who may use which server; this is where an application authenticates its clients. It is
 * called for every request, after the checks of Host and Origin and before the body is read. If it
 * throws, the client gets a 500 without details. Implementations are thread-safe.
 */
@FunctionalInterface
public interface McpGate {

  /** Decides by headers and path. Must neither read the body nor answer the exchange. */
  McpAccess check(McpHttpExchange request);

  /**
   * Lets everyone who can reach the endpoint use one server, all as the same principal. Only for
   * endpoints bound to the loopback address of a machine with a single user.
   */
  static McpGate anyone(StdioTransport transport) {
    McpAccess granted = new McpAccess.Granted("anyone", "server", transport);
    return request -> granted;
  }
}

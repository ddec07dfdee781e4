package dev.warren.mcp.http;

import dev.warren.mcp.channel.StdioTransport;

/**
 * Decides who may use which server: the authentication hook. Called for every request, after the
 * checks of Host and Origin and before the body is read. Thread-safe; what it throws becomes a 500
 * without text.
 */
@FunctionalInterface
public interface McpGate {

  /** Looks at headers and path. Must not read the body or answer the exchange. */
  McpAccess check(McpHttpExchange request);

  /**
   * Lets everybody who reaches the endpoint use one server, all as the same principal. Only for an
   * endpoint that is bound to the loopback address of a machine with a single user.
   */
  static McpGate anyone(StdioTransport transport) {
    McpAccess granted = new McpAccess.Granted("anyone", "server", transport);
    return request -> granted;
  }
}

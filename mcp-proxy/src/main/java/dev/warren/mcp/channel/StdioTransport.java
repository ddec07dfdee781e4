package dev.warren.mcp.channel;

import dev.warren.SandboxException;

/**
 * Starts an MCP server that talks over its standard streams. Each call of {@link #start} starts a
 * separate process. Thread-safe.
 */
@FunctionalInterface
public interface StdioTransport {

  /**
   * Starts the server. Output can reach the receiver before this returns.
   *
   * @throws SandboxException {@code NOT_FOUND} (command, directory, sandbox), {@code
   *     PERMISSION_DENIED}, {@code UNAVAILABLE}, {@code RESOURCE_EXHAUSTED}; {@code CANCELLED} on
   *     interrupt. Nothing is left running then
   */
  StdioChannel start(StdioChannel.Receiver receiver);
}

package dev.warren.mcp;

import dev.warren.SandboxException;

/** The state of a session. */
public sealed interface McpState {

  /** No process is running; the next call starts one. */
  record New() implements McpState {}

  /** A process is being started or has not finished its handshake. */
  record Starting() implements McpState {}

  /** Calls go to the server at once. */
  record Ready(McpServerDescription server) implements McpState {}

  /** {@link McpSession#close()} is waiting for the server to end. New calls fail. */
  record Draining() implements McpState {}

  /**
   * Nothing can be called any more.
   *
   * @param cause {@code CLOSED} after {@link McpSession#close()}; else how the server ended, where
   *     the {@link McpRestartPolicy} allows no other
   */
  record Closed(SandboxException cause) implements McpState {}
}

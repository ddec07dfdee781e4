package dev.warren.mcp;

import dev.warren.SandboxException;

/**
 * Receives what a server reports without being asked. Methods are called one at a time and in
 * order, on a thread that carries no traffic, and may call the session. While a listener is busy,
 * {@link McpLimits#queuedNotifications()} notifications wait; more are dropped and counted.
 */
public interface McpListener {

  /** The list of tools has changed. */
  default void toolsChanged() {}

  /** The list of resources has changed. */
  default void resourcesChanged() {}

  /** The list of prompts has changed. */
  default void promptsChanged() {}

  /** A resource that was subscribed to has changed. */
  default void resourceUpdated(String uri) {}

  default void logMessage(McpLogMessage message) {}

  /** Each notification as it came, those above and unknown ones alike. */
  default void notification(McpNotification notification) {}

  /**
   * A server is ready. The second and later ones are restarts: what the process had in memory is
   * lost, subscriptions and the log level were set again.
   */
  default void serverReady(McpServerDescription server) {}

  /** The server's process has ended without {@link McpSession#close()}. */
  default void serverEnded(SandboxException cause) {}
}

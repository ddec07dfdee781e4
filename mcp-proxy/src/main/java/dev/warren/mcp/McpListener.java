package dev.warren.mcp;

import dev.warren.SandboxException;

/**
 * Hears what a server tells. Calls come one at a time and in order, on a thread that is neither the
 * reader's nor the writer's; a listener may call the session. One that keeps it busy loses what
 * comes after {@link McpLimits#queuedNotifications()} others, which is counted.
 */
public interface McpListener {

  /** The list of tools is another now. */
  default void toolsChanged() {}

  /** The list of resources is another now. */
  default void resourcesChanged() {}

  /** The list of prompts is another now. */
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

package dev.warren.mcp;

import dev.warren.SandboxException;
import java.time.Duration;

/**
 * A tool call that the server runs in the background (2025-11-25). Thread-safe. It belongs to the
 * server's process: after a restart it is unknown.
 */
public interface McpTask {

  /** The server's name for it. */
  String id();

  /**
   * What has become of it.
   *
   * @return one of {@code working, input_required, completed, failed, cancelled}, or a newer one
   * @throws McpErrorException when the server does not know it
   */
  String status();

  /**
   * Waits for the result. An interrupt, or the end of the time, cancels the task.
   *
   * @throws McpErrorException when it failed or was cancelled
   * @throws SandboxException {@code TIMEOUT}; {@code CANCELLED} on interrupt; {@code UNAVAILABLE}
   *     when the server has ended
   */
  McpToolResult await(Duration timeout);

  /**
   * Asks the server to cancel it.
   *
   * @throws McpErrorException when it is over already
   */
  void cancel();
}

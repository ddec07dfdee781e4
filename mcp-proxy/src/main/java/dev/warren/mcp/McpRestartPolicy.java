package dev.warren.mcp;

import dev.warren.SandboxException;
import java.time.Duration;

/**
 * How often a session may start its server again. Restarts happen on demand only: after the server
 * has ended or could not be started, the next call starts a new process. Calls that were waiting on
 * the old one fail and are never repeated by the session, because nobody knows whether they had an
 * effect.
 *
 * @param starts how many processes may be started within the window, the first one included; 1
 *     allows no restart at all, ever
 * @param window after that time a start no longer counts
 */
public record McpRestartPolicy(int starts, Duration window) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT} when a value is not positive
   */
  public McpRestartPolicy {
    if (starts < 1) {
      throw SandboxException.invalid("set restart policy", "starts", "it is less than 1");
    }
    if (window.isZero() || window.isNegative()) {
      throw SandboxException.invalid("set restart policy", "window", "it is not positive");
    }
  }

  /** Five starts in a minute: the default. */
  public static McpRestartPolicy onDemand() {
    return new McpRestartPolicy(5, Duration.ofMinutes(1));
  }

  /** One process; when it ends, the session is closed. */
  public static McpRestartPolicy never() {
    return new McpRestartPolicy(1, Duration.ofDays(1));
  }
}

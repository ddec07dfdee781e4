package dev.warren.spi;

import java.time.Instant;
import java.util.Optional;

/**
 * A task.
 *
 * @param id of its container
 * @param pid of its first process as this host sees it; 0 when it has ended or is not on this host
 * @param started empty where the engine does not tell
 * @param exit present exactly in {@link Status#STOPPED}
 */
public record TaskInfo(
    String id, Status status, long pid, Optional<Instant> started, Optional<ExitStatus> exit) {

  /** The state of a task. */
  public enum Status {
    /** Made, but its command does not run yet. */
    CREATED,
    RUNNING,
    PAUSED,
    STOPPED
  }

  public boolean running() {
    return status == Status.RUNNING || status == Status.PAUSED;
  }
}

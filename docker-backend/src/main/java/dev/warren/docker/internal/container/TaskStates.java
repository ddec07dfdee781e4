package dev.warren.docker.internal.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads tasks from what the engine says about containers: there a task is a container's state. */
public final class TaskStates {
  private static final int MAX_CODE = 255;

  private TaskStates() {}

  /**
   * The task; empty when it never ran.
   *
   * @param sharedHost whether the engine's pids are those of this host
   */
  public static Optional<TaskInfo> of(
      String id, InspectContainerResponse container, boolean sharedHost) {
    ContainerState state = container.getState();
    Optional<Instant> started = started(container);
    if (state == null || started.isEmpty()) {
      return Optional.empty();
    }
    Status status = status(state);
    boolean ended = status == Status.STOPPED;
    Long pid = state.getPidLong();
    return Optional.of(
        new TaskInfo(
            id,
            status,
            ended || !sharedHost || pid == null ? 0 : pid,
            started,
            ended ? Optional.of(exit(state)) : Optional.empty()));
  }

  public static boolean isRunning(InspectContainerResponse container) {
    ContainerState state = container.getState();
    return state != null && status(state) != Status.STOPPED;
  }

  public static boolean isPaused(InspectContainerResponse container) {
    ContainerState state = container.getState();
    return state != null && status(state) == Status.PAUSED;
  }

  private static Status status(ContainerState state) {
    if (Boolean.TRUE.equals(state.getPaused())) {
      return Status.PAUSED;
    }
    return Boolean.TRUE.equals(state.getRunning()) ? Status.RUNNING : Status.STOPPED;
  }

  private static ExitStatus exit(ContainerState state) {
    Long code = state.getExitCodeLong();
    long known = code == null ? MAX_CODE : code;
    return new ExitStatus(
        known >= 0 && known <= MAX_CODE ? (int) known : MAX_CODE,
        Boolean.TRUE.equals(state.getOOMKilled()));
  }

  /** When it was started last; empty for never. */
  public static Optional<Instant> started(InspectContainerResponse container) {
    return time(container.getState() == null ? null : container.getState().getStartedAt());
  }

  /** The engine writes the year 1 for never. */
  private static Optional<Instant> time(@Nullable String text) {
    try {
      return Optional.ofNullable(text)
          .filter(given -> !given.isEmpty())
          .map(given -> OffsetDateTime.parse(given).toInstant())
          .filter(given -> given.getEpochSecond() > 0);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

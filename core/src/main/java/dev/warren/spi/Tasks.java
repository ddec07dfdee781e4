package dev.warren.spi;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What runs in containers. The general rules are those of {@link SandboxRuntime}. */
public interface Tasks {

  /**
   * Starts the container's command, with its network in place before the command's first
   * instruction where the engine can do that. The remains of an earlier, ended task are removed
   * first.
   *
   * @throws dev.warren.SandboxException {@code NOT_FOUND} (container, or the command in it), {@code
   *     CONFLICT} when it runs, {@code RESOURCE_EXHAUSTED} (addresses, memory, disk), {@code
   *     UNAVAILABLE} (network plugins)
   */
  TaskInfo start(String id);

  /**
   * Ends a task: the signal, up to {@code grace} for it to exit, then SIGKILL for all processes of
   * the container. Takes no longer than the workload needs. The network attachment is released, the
   * exit status stays readable through {@link #get} until the next start or the delete.
   */
  void stop(String id, StopOptions options);

  /** The task of a container; empty when it never ran, or the container is absent. */
  Optional<TaskInfo> get(String id);

  /** All tasks, running or ended, sorted by id. */
  List<TaskInfo> list();

  /**
   * Waits for the end of the task; answers at once if it has ended.
   *
   * @throws dev.warren.SandboxException {@code TIMEOUT}; {@code NOT_FOUND} when there is no task
   */
  ExitStatus awaitExit(String id, Duration timeout);

  /**
   * The output of the current or last task since its start, oldest first, both streams together in
   * the order they were written as far as the engine keeps it. The stream ends at the end of what
   * is there now.
   *
   * @throws dev.warren.SandboxException {@code NOT_FOUND} when the container never ran
   */
  InputStream logs(String id);

  /**
   * How to stop.
   *
   * @param signal number of the first signal
   * @param grace time to exit after it; zero: SIGKILL at once
   */
  record StopOptions(int signal, Duration grace) {
    private static final int SIGTERM = 15;

    public StopOptions {
      if (signal < 1 || signal > 64 || grace.isNegative()) {
        throw dev.warren.SandboxException.invalid(
            "check stop options",
            "signal " + signal,
            "signals are 1 to 64, and the grace is not negative");
      }
    }

    /** SIGTERM, and SIGKILL after the grace. */
    public static StopOptions grace(Duration grace) {
      return new StopOptions(SIGTERM, grace);
    }

    /** SIGKILL at once. */
    public static StopOptions kill() {
      return new StopOptions(9, Duration.ZERO);
    }
  }
}

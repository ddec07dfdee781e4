package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * A running task: the bridge's init and all below it. Init is a subreaper, so nothing that it
 * started leaves the tree.
 */
final class ProcessTree {
  private static final int SIGKILL = 9;
  private static final long LONGEST_PAUSE_MILLIS = 8;

  private final TaskState state;
  private final POSIX posix = POSIXFactory.getNativePOSIX();

  ProcessTree(TaskState state) {
    this.state = state;
  }

  void signal(int number) {
    if (state.alive()) {
      posix.kill(Math.toIntExact(state.pid()), number);
    }
  }

  /** Children first: without init they would be nobody's descendants. */
  void kill() {
    Optional<ProcessHandle> init = ProcessHandle.of(state.pid());
    while (init.isPresent() && state.alive()) {
      List<ProcessHandle> below = init.get().descendants().toList();
      if (below.isEmpty()) {
        break;
      }
      below.forEach(ProcessHandle::destroyForcibly);
    }
    signal(SIGKILL);
  }

  /** Whether it ended in time. Polls, because it may be no child of this JVM. */
  boolean awaitEnd(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    for (long pause = 1; state.alive(); pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(pause)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SandboxException.of(Code.CANCELLED, "await end of task", "")
            .backend(ProcessRuntime.NAME)
            .detail("the thread was interrupted")
            .cause(e)
            .build();
      }
    }
    return true;
  }
}

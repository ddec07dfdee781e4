package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * A running task: the bridge's init and all below it. Init is a subreaper, so nothing that it
 * started leaves the tree.
 */
final class ProcessTree {
  private static final int SIGKILL = 9;

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

  /** Whether it ended in time. */
  boolean awaitEnd(Duration timeout) {
    Optional<ProcessHandle> init = ProcessHandle.of(state.pid());
    if (init.isEmpty() || !state.alive()) {
      return true;
    }
    try {
      init.get().onExit().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return !state.alive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, "await end of task", "")
          .backend(ProcessRuntime.NAME)
          .detail("the thread was interrupted")
          .cause(e)
          .build();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}

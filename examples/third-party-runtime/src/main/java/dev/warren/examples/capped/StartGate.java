package dev.warren.examples.capped;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Counts what runs or is being started. Thread-safe. */
final class StartGate {
  private final SandboxRuntime runtime;
  private final int most;
  private final Set<String> starting = new HashSet<>();

  StartGate(SandboxRuntime runtime, int most) {
    this.runtime = runtime;
    this.most = most;
  }

  static int checked(int most) {
    if (most < 1) {
      throw SandboxException.invalid("open runtime", "limit " + most, "it must be positive");
    }
    return most;
  }

  /** Lets a start through if there is room; starts of different containers overlap. */
  TaskInfo pass(String id, Supplier<TaskInfo> start) {
    enter(id);
    try {
      return start.get();
    } finally {
      synchronized (this) {
        starting.remove(id);
      }
    }
  }

  private synchronized void enter(String id) {
    // By id, because one that has just started is in both.
    Set<String> taken = new HashSet<>(starting);
    runtime.tasks().list().stream().filter(TaskInfo::running).map(TaskInfo::id).forEach(taken::add);
    // One that runs may pass: what is wrong with its start is for the runtime below to say.
    if (taken.size() >= most && !taken.contains(id)) {
      throw SandboxException.of(Code.RESOURCE_EXHAUSTED, "start", id)
          .backend(runtime.info().name())
          .detail("all " + most + " places are taken")
          .remedy("stop another sandbox first")
          .build();
    }
    starting.add(id);
  }
}

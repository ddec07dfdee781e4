package dev.warren.mcp.testing;

import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes when a test says so. Due tasks run on the thread that says so. Thread-safe. */
public final class ManualTimer implements Timer {
  private final AtomicLong now = new AtomicLong(1_000_000_000L);
  private final List<Task> tasks = new CopyOnWriteArrayList<>();

  private record Task(long at, FutureTask<?> action) {}

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public Future<?> schedule(Runnable task, long delayNanos) {
    FutureTask<?> action = new FutureTask<>(task, null);
    tasks.add(new Task(now.get() + delayNanos, action));
    return action;
  }

  /** Lets time pass, task by task. */
  public void advance(Duration time) {
    long end = now.get() + time.toNanos();
    for (Task next = due(end); next != null; next = due(end)) {
      tasks.remove(next);
      now.accumulateAndGet(next.at(), Math::max);
      next.action().run();
    }
    now.set(end);
  }

  /** Tasks that are set and not cancelled. */
  public int waiting() {
    return (int) tasks.stream().filter(task -> !task.action().isDone()).count();
  }

  private @org.jspecify.annotations.Nullable Task due(long end) {
    return tasks.stream()
        .filter(task -> task.at() <= end)
        .min(Comparator.comparingLong(Task::at))
        .orElse(null);
  }
}

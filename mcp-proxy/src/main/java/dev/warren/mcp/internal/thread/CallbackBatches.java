package dev.warren.mcp.internal.thread;

import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs what depends on the calls that ended together. Most of it is short, so one thread does it
 * all; but when a task takes long, those behind it get threads of their own. Thread-safe.
 */
public final class CallbackBatches {
  /** A task that takes one to two of these holds up nobody any longer. */
  static final long PATIENCE_NANOS = 1_000_000;

  private final Timer timer;
  private final CallbackThreads threads;
  private final Queue<Batch> running = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean watched = new AtomicBoolean();

  public CallbackBatches(Timer timer, CallbackThreads threads) {
    this.timer = timer;
    this.threads = threads;
  }

  /** Runs tasks soon, on other threads. */
  public void run(Collection<Runnable> tasks) {
    if (tasks.size() == 1) {
      threads.execute(tasks.iterator().next());
      return;
    }
    Batch batch = new Batch(tasks.toArray(Runnable[]::new));
    running.add(batch); // before the look at the watch, which looks again after it was set
    threads.execute(batch);
    watch();
  }

  private void watch() {
    if (!watched.get() && watched.compareAndSet(false, true)) {
      var unused = timer.schedule(this::look, PATIENCE_NANOS);
    }
  }

  private void look() {
    watched.set(false);
    for (Batch batch : running) {
      if (batch.standsStill()) {
        batch.spread();
      }
    }
    if (!running.isEmpty()) {
      watch();
    }
  }

  /** Tasks for one thread, of which each is taken once. */
  private final class Batch implements Runnable {
    private final @Nullable Runnable[] tasks;
    private final AtomicInteger taken = new AtomicInteger();
    private int seen = -1; // the timer's only

    Batch(Runnable[] tasks) {
      this.tasks = tasks;
    }

    @Override
    public void run() {
      boolean done = false;
      try {
        for (Runnable task = next(); task != null; task = next()) {
          task.run();
          boolean unused = Thread.interrupted(); // it was meant for this task only
        }
        done = true;
      } finally {
        if (!done) {
          spread(); // after an error the others still have their turn
        }
        boolean unused = running.remove(this);
      }
    }

    boolean standsStill() {
      int before = seen;
      seen = taken.get();
      return seen == before;
    }

    /** Gives what was not begun to other threads. */
    void spread() {
      boolean unused = running.remove(this);
      for (Runnable task = next(); task != null; task = next()) {
        threads.execute(task);
      }
    }

    private @Nullable Runnable next() {
      int index = taken.getAndIncrement();
      if (index >= tasks.length) {
        return null;
      }
      Runnable task = tasks[index];
      tasks[index] = null; // an answer may be large
      return task;
    }
  }
}

package dev.warren.mcp.internal.http.stream;

import dev.warren.mcp.internal.http.exchange.HttpThreads;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Sends to one server in order, on one thread at a time: a server that does not read blocks this
 * thread and none that serves others. Thread-safe.
 */
public final class OrderedSender {
  private final HttpThreads threads;
  private final int limit;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean running;

  /**
   * @param limit how many tasks may wait
   */
  public OrderedSender(HttpThreads threads, int limit) {
    this.threads = threads;
    this.limit = limit;
  }

  /** Runs a task, which must not throw, after those before it; false when too many wait. */
  public boolean offer(Runnable task) {
    synchronized (this) {
      if (tasks.size() >= limit) {
        return false;
      }
      tasks.add(task);
      if (running) {
        return true;
      }
      running = true;
    }
    threads.start(this::run);
    return true;
  }

  private void run() {
    while (true) {
      Runnable task;
      synchronized (this) {
        task = tasks.poll();
        if (task == null) {
          running = false;
          return;
        }
      }
      task.run();
    }
  }
}

package dev.warren.mcp.internal.thread;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tasks that run one after the other, in order, on the callback threads. Bounded in number and
 * bytes for those tasks that can be refused. Thread-safe.
 */
public final class SerialQueue {
  private final CallbackThreads threads;
  private final int most;
  private final int mostBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Task> tasks = new ArrayDeque<>();
  private int count;
  private long bytes;
  private boolean running;

  private record Task(Runnable action, int size) {}

  public SerialQueue(CallbackThreads threads, int most, int mostBytes) {
    this.threads = threads;
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /**
   * Adds a task that holds so many bytes.
   *
   * @param important may use twice the room
   * @return false when there is no room
   */
  public boolean offer(Runnable action, int size, boolean important) {
    int factor = important ? 2 : 1;
    lock.lock();
    try {
      if (count >= most * factor || (count > 0 && bytes + size > (long) mostBytes * factor)) {
        return false;
      }
      count++;
      bytes += size;
      add(new Task(action, size));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Adds a task that the caller bounds himself. */
  public void add(Runnable action) {
    lock.lock();
    try {
      add(new Task(action, -1));
    } finally {
      lock.unlock();
    }
  }

  private void add(Task task) {
    tasks.add(task);
    if (!running) {
      running = true;
      threads.execute(this::drain);
    }
  }

  private void drain() {
    for (Task task = next(); task != null; task = next()) {
      boolean done = false;
      try {
        task.action().run();
        done = true;
      } finally {
        boolean unused = Thread.interrupted(); // it was meant for this task only
        if (!done) {
          threads.execute(this::drain); // after an error the others still have their turn
        }
      }
    }
  }

  private Task next() {
    lock.lock();
    try {
      Task task = tasks.poll();
      if (task == null) {
        running = false;
      } else if (task.size() >= 0) {
        count--;
        bytes -= task.size();
      }
      return task;
    } finally {
      lock.unlock();
    }
  }
}

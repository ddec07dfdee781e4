package dev.warren.internal.connection;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs the callbacks of a call on the thread that waits for them, which saves a hand-over to a
 * third thread and needs no lock around what they touch. {@link #execute} is for any thread, the
 * rest for the waiting one.
 */
public final class CallerExecutor implements Executor {
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private volatile boolean left;

  @Override
  public void execute(Runnable task) {
    if (left) {
      task.run();
      return;
    }
    tasks.add(task);
    if (left) {
      runAll();
    }
  }

  /** Waits for a callback and runs it, then those that are there already. */
  public void await() throws InterruptedException {
    tasks.take().run();
    runAll();
  }

  /**
   * The same, but gives up after a while.
   *
   * @return whether there was one
   */
  public boolean await(long nanos) throws InterruptedException {
    Runnable task = tasks.poll(nanos, TimeUnit.NANOSECONDS);
    if (task == null) {
      return false;
    }
    task.run();
    runAll();
    return true;
  }

  public void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** The waiting thread goes away: what still comes runs where it comes from. */
  public void leave() {
    left = true;
    runAll();
  }
}

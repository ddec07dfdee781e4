package dev.warren.mcp.internal.thread;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that run the code of users: virtual ones where they do not pin, else a pool of
 * daemons that makes up for those that wait for an answer. None exists before it is needed.
 * Thread-safe.
 */
public final class CallbackThreads implements AutoCloseable {
  private static final int PARALLELISM = 32;
  private static final int MOST_THREADS = 512;
  private static final int IDLE_SECONDS = 10;

  private final ExecutorService executor =
      VirtualThreads.executor().orElseGet(CallbackThreads::newPool);
  private final ThreadFactory afterClose = DaemonThreads.numbered("warren-mcp-late");

  /** Runs a task soon; never on the caller's thread, not even when closed. */
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException closed) {
      afterClose.newThread(task).start();
    }
  }

  /** Lets what runs or waits end; waits for none of it. */
  @Override
  public void close() {
    executor.shutdown();
  }

  private static ExecutorService newPool() {
    AtomicInteger count = new AtomicInteger();
    return new ForkJoinPool(
        PARALLELISM,
        pool -> named(ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool), count),
        null,
        true, // first in, first out
        0,
        MOST_THREADS,
        1,
        saturated -> true,
        IDLE_SECONDS,
        TimeUnit.SECONDS);
  }

  private static ForkJoinWorkerThread named(ForkJoinWorkerThread thread, AtomicInteger count) {
    thread.setName("warren-mcp-" + count.incrementAndGet());
    return thread;
  }
}

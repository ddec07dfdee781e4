package dev.warren.internal.connection;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that all connections of one connector share: two event loops, one timer, and an
 * executor for everything that may block. Thread-safe.
 */
public final class ConnectorThreads implements AutoCloseable {
  private static final int EVENT_LOOPS = 2;

  /** Before it, a virtual thread that blocks in a synchronized block holds its carrier. */
  private static final int UNPINNED_VIRTUAL_THREADS = 24;

  private final EventLoopGroup eventLoops;
  private final ExecutorService executor;
  private final ScheduledThreadPoolExecutor timer;

  @SuppressWarnings("deprecation") // its successor does not exist in netty 4.1
  ConnectorThreads() {
    eventLoops = new NioEventLoopGroup(EVENT_LOOPS, daemons("warren-io"));
    executor = newExecutor();
    timer = new ScheduledThreadPoolExecutor(1, daemons("warren-timer"));
    timer.setRemoveOnCancelPolicy(true);
  }

  EventLoopGroup eventLoops() {
    return eventLoops;
  }

  /**
   * Runs what may block. LazyValue closed it runs tasks on the caller's thread, so that none is
   * lost.
   */
  public Executor executor() {
    return this::execute;
  }

  private void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException closed) {
      task.run();
    }
  }

  /** Runs a task on the executor after a while; once closed, at once. */
  public void later(Runnable task, long delayNanos) {
    try {
      Future<?> unused = timer.schedule(() -> execute(task), delayNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      task.run();
    }
  }

  /** Lets running callbacks end; waits for none of them. */
  @Override
  public void close() {
    timer.shutdownNow();
    Future<?> unused = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    executor.shutdown();
  }

  private static ExecutorService newExecutor() {
    if (Runtime.version().feature() >= UNPINNED_VIRTUAL_THREADS) {
      try {
        return (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
        throw new LinkageError("Java 24 has virtual threads", e);
      }
    }
    return Executors.newCachedThreadPool(daemons("warren-bridge"));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}

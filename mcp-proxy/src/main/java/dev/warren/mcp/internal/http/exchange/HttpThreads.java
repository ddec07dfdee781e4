package dev.warren.mcp.internal.http.exchange;

import dev.warren.mcp.http.McpHttpExchange;
import dev.warren.mcp.internal.thread.DaemonThreads;
import dev.warren.mcp.internal.thread.VirtualThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of one endpoint: some for requests, some for what is written to streams, some for
 * servers that start or do not read, and a timer. Neither a waiting call nor an idle stream holds a
 * thread; one that reads or writes holds it for the {@code stall} time at most. So streams cannot
 * starve requests, however many there are. Thread-safe.
 */
public final class HttpThreads implements AutoCloseable {
  private static final int POOL = 32;

  private final ExecutorService requests = newExecutor("warren-mcp-http", POOL);
  private final ExecutorService writers = newExecutor("warren-mcp-stream", POOL);
  private final ExecutorService starters;
  private final ScheduledThreadPoolExecutor timer;
  private final long stallNanos;

  /**
   * @param servers how many servers may be started or written to at the same time
   * @param stall how long one read or write may take before its connection is cut
   */
  public HttpThreads(int servers, Duration stall) {
    starters = newExecutor("warren-mcp-start", servers);
    timer = new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("warren-mcp-timer"));
    timer.setRemoveOnCancelPolicy(true);
    stallNanos = stall.toNanos();
  }

  /** For requests, from their first byte on. */
  public ExecutorService requests() {
    return requests;
  }

  /** Runs what may block on a client. Once closed it does nothing. */
  public void write(Runnable task) {
    try {
      writers.execute(task);
    } catch (RejectedExecutionException closed) {
      // Connections are cut when an endpoint closes; nothing is left to write to.
    }
  }

  /**
   * Runs what waits for a server: its start, or until it reads. Once closed, on the caller's
   * thread.
   */
  public void start(Runnable task) {
    try {
      starters.execute(task);
    } catch (RejectedExecutionException closed) {
      task.run();
    }
  }

  /** Runs a task on a writer's thread after a while, unless it is cancelled. */
  public Future<?> later(Runnable task, Duration delay) {
    try {
      return timer.schedule(() -> write(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Cuts the connection unless the result is cancelled within the stall time. */
  public Future<?> guard(McpHttpExchange exchange) {
    try {
      return timer.schedule(exchange::abort, stallNanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
    requests.shutdown();
    writers.shutdown();
    starters.shutdown();
  }

  private static ExecutorService newExecutor(String name, int size) {
    return VirtualThreads.executor().orElseGet(() -> newPool(name, size));
  }

  private static ExecutorService newPool(String name, int size) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size,
            size,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            DaemonThreads.numbered(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}

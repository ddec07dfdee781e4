package dev.warren.mcp.internal.session;

import dev.warren.mcp.Json;
import dev.warren.mcp.McpErrorException;
import dev.warren.mcp.McpRequestHandler;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what answers the server: each run on a thread of its own, bounded in time, and interrupted
 * when nobody wants its answer any more. Thread-safe.
 */
final class HandlerRuns {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerRuns.class);

  private final Map<String, McpRequestHandler> handlers;
  private final Duration limit;
  private final CallbackThreads threads;
  private final Timer timer;

  HandlerRuns(
      Map<String, McpRequestHandler> handlers,
      Duration limit,
      CallbackThreads threads,
      Timer timer) {
    this.handlers = handlers;
    this.limit = limit;
    this.threads = threads;
    this.timer = timer;
  }

  boolean knows(String method) {
    return handlers.containsKey(method);
  }

  /**
   * Starts a handler.
   *
   * @return completes with its result, or always with an {@link McpErrorException}; completing or
   *     cancelling it interrupts the handler
   */
  CompletableFuture<Json> run(String method, Json params) {
    McpRequestHandler handler = handlers.get(method);
    if (handler == null) {
      return CompletableFuture.failedFuture(Failures.noHandler(method));
    }
    CompletableFuture<Json> answer = new CompletableFuture<>();
    FutureTask<?> work = new FutureTask<>(() -> handle(handler, method, params, answer), null);
    Future<?> alarm =
        timer.schedule(
            () ->
                threads.execute(
                    () -> answer.completeExceptionally(Failures.handlerTimeout(method))),
            TimeUnit.NANOSECONDS.convert(limit));
    var unused =
        answer.whenComplete(
            (result, failure) -> {
              alarm.cancel(false);
              work.cancel(true);
            });
    threads.execute(
        () -> {
          work.run();
          boolean unusedFlag = Thread.interrupted(); // it was meant for this run only
        });
    return answer;
  }

  @SuppressWarnings("Interruption") // an interrupt of a handler is its end, and of no thread else
  private static void handle(
      McpRequestHandler handler, String method, Json params, CompletableFuture<Json> answer) {
    try {
      answer.complete(handler.handle(params));
    } catch (McpErrorException e) {
      answer.completeExceptionally(e);
    } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
      if (answer.completeExceptionally(Failures.handlerFailed(method))) {
        LOG.warn("the handler of {} failed", method, e);
      }
    }
  }
}

package dev.warren.mcp;

import java.util.concurrent.CompletableFuture;

/**
 * A stream of notifications from a server. It outlives the server's process: after a restart it is
 * opened again. Thread-safe.
 */
public interface McpSubscription extends AutoCloseable {

  /**
   * What the server agreed to; completes once it has, and exceptionally when it refuses.
   *
   * @return a copy; cancelling it changes nothing
   */
  CompletableFuture<McpSubscriptionFilter> acknowledged();

  /**
   * Completes when the stream is over: normally when the server ended it or it was closed, and
   * exceptionally when it could not be opened or opened again.
   *
   * @return a copy; cancelling it changes nothing
   */
  CompletableFuture<Void> ended();

  /** Ends the stream. Does not wait for the server. Does nothing the second time. */
  @Override
  void close();
}

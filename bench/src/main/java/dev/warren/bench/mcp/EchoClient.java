package dev.warren.bench.mcp;

import java.util.concurrent.CompletableFuture;

/** A client that is connected to an echo server. Thread-safe. */
interface EchoClient extends AutoCloseable {
  /** A call that blocks until its answer is there, as a user of this client would make it. */
  void call() throws Exception;

  /** A call that does not block. */
  CompletableFuture<?> callAsync();

  @Override
  void close() throws Exception;
}

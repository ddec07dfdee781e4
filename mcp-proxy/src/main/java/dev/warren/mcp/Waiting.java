package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Blocking on a future whose cancellation cancels the work. */
final class Waiting {
  private Waiting() {}

  static <T> T on(CompletableFuture<T> future, String method) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw cancelled(method, e);
    } catch (CancellationException e) {
      throw cancelled(method, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxException failure) {
        throw failure;
      }
      if (e.getCause() instanceof McpErrorException failure) {
        throw failure;
      }
      throw SandboxException.of(Code.INTERNAL, "call", method).cause(e.getCause()).build();
    }
  }

  private static SandboxException cancelled(String method, Exception cause) {
    return SandboxException.of(Code.CANCELLED, "call", method)
        .detail("the thread was interrupted while it waited for the answer")
        .cause(cause)
        .build();
  }
}

package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpErrorException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/** Blocking on a future whose cancellation cancels the work. */
public final class BlockingWait {
  private BlockingWait() {}

  /**
   * The value.
   *
   * @throws SandboxException what the future failed with; {@code CANCELLED} on interrupt, which
   *     stays with the thread
   * @throws McpErrorException what the future failed with
   */
  public static <T> T on(CompletableFuture<T> future, String operation) {
    try {
      if (Thread.currentThread() instanceof ForkJoinWorkerThread) {
        ForkJoinPool.managedBlock(new Blocker(future)); // the pool adds a thread for this one
      }
      return future.get();
    } catch (InterruptedException e) {
      future.cancel(true);
      Thread.currentThread().interrupt();
      throw cancelled(operation, "the thread was interrupted while it waited", e);
    } catch (CancellationException e) {
      throw cancelled(operation, "it was cancelled", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxException failure) {
        throw failure;
      }
      if (e.getCause() instanceof McpErrorException failure) {
        throw failure;
      }
      throw SandboxException.of(Code.INTERNAL, "call", operation).cause(e.getCause()).build();
    }
  }

  private static SandboxException cancelled(String operation, String detail, Exception cause) {
    return SandboxException.of(Code.CANCELLED, "call", operation)
        .detail(detail)
        .cause(cause)
        .build();
  }

  private record Blocker(CompletableFuture<?> future) implements ForkJoinPool.ManagedBlocker {
    @Override
    public boolean block() throws InterruptedException {
      try {
        Object unused = future.get();
      } catch (ExecutionException | CancellationException e) {
        return true; // who waits sees it
      }
      return true;
    }

    @Override
    public boolean isReleasable() {
      return future.isDone();
    }
  }
}

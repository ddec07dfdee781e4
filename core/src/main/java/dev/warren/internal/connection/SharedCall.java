package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A computation that the first caller does and all others wait for. An interrupt ends the waiting
 * of the interrupted thread only. Thread-safe.
 */
public final class SharedCall<V> {
  private final CompletableFuture<V> result = new CompletableFuture<>();
  private boolean claimed;

  /** One that is done. */
  public static <V> SharedCall<V> done(V value) {
    SharedCall<V> call = new SharedCall<>();
    call.claimed = true;
    call.result.complete(value);
    return call;
  }

  /**
   * The result, computed by this thread if it is the first.
   *
   * @throws Abandoned when the computing thread was interrupted: another one has to begin anew
   * @throws SandboxException that of the computation; {@code CANCELLED} when this thread was
   *     interrupted
   */
  public V get(Supplier<V> computation) throws Abandoned {
    boolean mine;
    synchronized (this) {
      mine = !claimed;
      claimed = true;
    }
    return mine ? compute(computation) : await();
  }

  /** Called once the result is there, at once if it is already. */
  public void whenDone(BiConsumer<@Nullable V, @Nullable Throwable> action) {
    CompletableFuture<V> unused = result.whenComplete(action);
  }

  private V compute(Supplier<V> computation) {
    try {
      V value = computation.get();
      result.complete(value);
      return value;
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
      throw e;
    }
  }

  private V await() throws Abandoned {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, "wait", "")
          .detail("the thread was interrupted while another one did the work")
          .cause(e)
          .build();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SandboxException failure) {
        if (failure.code() == Code.CANCELLED) {
          throw new Abandoned();
        }
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    }
  }

  /** The thread that computed was interrupted. */
  public static final class Abandoned extends Exception {
    private static final long serialVersionUID = 1L;

    private Abandoned() {
      super("the computing thread was interrupted", null, false, false);
    }
  }
}

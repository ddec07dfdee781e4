package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.Envelope;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A request under way. It ends exactly once: with the server's answer (a result or an error), or
 * with a {@link SandboxException}: {@code TIMEOUT}, {@code CANCELLED}, {@code RESOURCE_EXHAUSTED}
 * (answer above the limit), {@code DATA_LOSS} (an answer that is none), {@code UNAVAILABLE} (the
 * server ended or took no input, with its exit code and the end of its stderr), {@code CLOSED}.
 * Thread-safe.
 */
public final class RpcCall {
  private final long id;
  private final String method;
  private final CallOptions options;
  private final PendingCalls owner;
  private final @Nullable String foreignId;
  private final @Nullable String foreignToken;
  private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();
  private final AtomicReference<@Nullable CompletableFuture<Envelope>> future =
      new AtomicReference<>();
  private final AtomicReference<
          @Nullable BiConsumer<@Nullable Envelope, @Nullable SandboxException>>
      follower = new AtomicReference<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private final AtomicReference<@Nullable Envelope> answer = new AtomicReference<>();
  private volatile Outbox.@Nullable Message message;
  private final CallDeadline limits;

  RpcCall(
      long id,
      String method,
      CallOptions options,
      CallDeadline limits,
      PendingCalls owner,
      @Nullable String foreignId,
      @Nullable String foreignToken) {
    this.id = id;
    this.method = method;
    this.options = options;
    this.limits = limits;
    this.owner = owner;
    this.foreignId = foreignId;
    this.foreignToken = foreignToken;
  }

  /** The id on the wire: a whole number, unique for the process and below 2^53. */
  public long id() {
    return id;
  }

  public String method() {
    return method;
  }

  /**
   * Waits for the answer. An interrupt cancels the call; the thread stays interrupted then.
   *
   * @return a result or an error of the server; in a forwarded call with the id of the original
   */
  public Envelope await() {
    if (outcome.get() == null) {
      try {
        if (Thread.currentThread() instanceof ForkJoinWorkerThread) {
          ForkJoinPool.managedBlock(new Wait()); // the pool adds a thread for this one
        } else {
          done.await();
        }
      } catch (InterruptedException e) {
        cancel("the caller was interrupted");
        Thread.currentThread().interrupt();
      }
    }
    Object end = outcome.get();
    if (end instanceof Envelope envelope) {
      return restored(envelope);
    }
    throw (SandboxException) end;
  }

  /**
   * The answer later. What depends on the future never runs on the reader's thread; ending the
   * future before (cancel, orTimeout) cancels the call.
   */
  public CompletableFuture<Envelope> future() {
    CompletableFuture<Envelope> known = future.get();
    if (known != null) {
      return known;
    }
    CompletableFuture<Envelope> fresh = new CompletableFuture<>();
    if (!future.compareAndSet(null, fresh)) {
      return future.get();
    }
    if (outcome.get() != null) {
      finish(fresh);
    } else {
      var unused =
          fresh.whenComplete(
              (reply, failure) -> {
                if (outcome.get() == null) {
                  cancel("the caller gave up");
                }
              });
    }
    return fresh;
  }

  /**
   * Tells of the end, once, one who needs no future, and only one. As with {@link #future}: here,
   * if it is over, and else never on the reader's thread.
   */
  public void whenEnded(BiConsumer<@Nullable Envelope, @Nullable SandboxException> action) {
    follower.set(action);
    if (outcome.get() != null && follower.compareAndSet(action, null)) {
      tell(action);
    }
  }

  /**
   * Gives up: ends with {@code CANCELLED}. The server is told if it has got the request or is about
   * to, and the call is cancellable; a later answer is swallowed.
   *
   * @return whether this ended the call
   */
  public boolean cancel(String reason) {
    return owner.giveUp(this, Code.CANCELLED, reason, null);
  }

  /** As {@link #cancel(String)}, with a notification whose requestId is replaced. */
  public boolean cancel(Envelope notification) {
    return owner.giveUp(this, Code.CANCELLED, "cancelled by the client", notification);
  }

  public boolean isDone() {
    return outcome.get() != null;
  }

  @Override
  public String toString() {
    return method + " #" + id;
  }

  CallOptions options() {
    return options;
  }

  CallDeadline limits() {
    return limits;
  }

  Outbox.@Nullable Message message() {
    return message;
  }

  void message(Outbox.Message value) {
    message = value;
  }

  /** Keeps an answer that must wait for its turn; false when there is one. */
  boolean hold(Envelope reply) {
    return answer.compareAndSet(null, reply);
  }

  @Nullable Envelope held() {
    return answer.get();
  }

  /** Ends the call; only the first time counts. */
  boolean end(Object how) {
    if (!outcome.compareAndSet(null, how)) {
      return false;
    }
    done.countDown();
    CompletableFuture<Envelope> waiting = future.get();
    if (waiting != null) {
      owner.callback(() -> finish(waiting));
    }
    BiConsumer<@Nullable Envelope, @Nullable SandboxException> action = follower.getAndSet(null);
    if (action != null) {
      owner.callback(() -> tell(action));
    }
    return true;
  }

  /** A progress notification as the caller is to see it. */
  Envelope restoredProgress(Envelope notification) {
    return foreignToken == null
        ? notification
        : notification.with(foreignToken, "params", "progressToken");
  }

  private void finish(CompletableFuture<Envelope> waiting) {
    if (outcome.get() instanceof Envelope envelope) {
      waiting.complete(restored(envelope));
    } else if (outcome.get() instanceof SandboxException failure) {
      waiting.completeExceptionally(failure);
    }
  }

  private void tell(BiConsumer<@Nullable Envelope, @Nullable SandboxException> action) {
    if (outcome.get() instanceof Envelope envelope) {
      action.accept(restored(envelope), null);
    } else if (outcome.get() instanceof SandboxException failure) {
      action.accept(null, failure);
    }
  }

  private Envelope restored(Envelope reply) {
    return foreignId == null ? reply : reply.withId(foreignId);
  }

  /** The params of a cancel notification for this call. */
  Json cancelParams(String reason) {
    return Json.of(Map.of("requestId", id, "reason", reason));
  }

  /** A wait that a fork-join pool knows of. */
  private final class Wait implements ForkJoinPool.ManagedBlocker {
    @Override
    public boolean block() throws InterruptedException {
      done.await();
      return true;
    }

    @Override
    public boolean isReleasable() {
      return done.getCount() == 0;
    }
  }
}

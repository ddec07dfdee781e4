package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.thread.CallbackBatches;
import dev.warren.mcp.internal.thread.CallbackThreads;
import dev.warren.mcp.internal.thread.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls that have no answer yet, and the time they are given. One timer task is set for the
 * earliest deadline, not one for each call. Thread-safe.
 */
final class PendingCalls {
  /** How much later than its deadline a call may end; it keeps sweeps apart. */
  private static final long SLACK_NANOS = 1_000_000;

  private static final int MOST_COLLECTED = 256;

  static final String CANCELLED = "notifications/cancelled";

  private final ConcurrentHashMap<Long, RpcCall> open = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();
  private final ReentrantLock waking = new ReentrantLock();
  private final Timer timer;
  private final CallbackThreads callbacks;
  private final CallbackBatches handOver;
  private final Outbox outbox;
  private final Supplier<String> subject;
  private final List<Runnable> collected = new ArrayList<>(); // the reader's only
  private volatile @Nullable Thread reader;
  private volatile @Nullable Wake wake;

  /** The sweep that is set. */
  private record Wake(long at, Future<?> task) {}

  PendingCalls(Timer timer, CallbackThreads callbacks, Outbox outbox, Supplier<String> subject) {
    this.timer = timer;
    this.callbacks = callbacks;
    handOver = new CallbackBatches(timer, callbacks);
    this.outbox = outbox;
    this.subject = subject;
  }

  long newId() {
    return lastId.incrementAndGet();
  }

  void add(RpcCall call) {
    open.put(call.id(), call);
    if (call.limits().timed()) {
      wakeBy(call.limits());
    }
  }

  @Nullable RpcCall find(long id) {
    return id == 0 ? null : open.get(id);
  }

  /** Whether it was ever given to a call. */
  boolean wasUsed(long id) {
    return id > 0 && id <= lastId.get();
  }

  int size() {
    return open.size();
  }

  /** Ends a call; false when it had ended. */
  boolean end(RpcCall call, Object outcome) {
    open.remove(call.id(), call);
    return call.end(outcome);
  }

  /**
   * Ends all calls.
   *
   * @param held whether those whose answer waits for its turn get it now; else they keep waiting
   */
  void endAll(Function<RpcCall, SandboxException> failure, boolean held) {
    for (RpcCall call : open.values()) {
      Envelope answer = call.held();
      if (answer == null) {
        end(call, failure.apply(call));
        withdraw(call);
      } else if (held) {
        end(call, answer);
      }
    }
  }

  /** Ends the calls of which the server has not got all. */
  void endUnwritten(Function<RpcCall, SandboxException> failure) {
    for (RpcCall call : open.values()) {
      Outbox.Message message = call.message();
      if (message == null || !message.isWritten()) {
        end(call, failure.apply(call));
        withdraw(call);
      }
    }
  }

  /** Ends a call that nobody waits for any longer, and tells the server if it must know. */
  boolean giveUp(RpcCall call, Code code, String reason, @Nullable Envelope notification) {
    SandboxException failure =
        SandboxException.of(code, "call " + call.method(), subject.get()).detail(reason).build();
    if (!end(call, failure)) {
      return false;
    }
    if (!withdraw(call) && call.options().cancellable() && call.held() == null) {
      Envelope cancel =
          notification == null
              ? Envelope.notification(CANCELLED, call.cancelParams(reason))
              : notification.with(Long.toString(call.id()), "params", "requestId");
      outbox.admit(new Outbox.Message(cancel.toLine()));
    }
    return true;
  }

  /** Runs what depends on a call; the reader's are handed over together. */
  void callback(Runnable task) {
    if (Thread.currentThread() != reader) {
      callbacks.execute(task);
      return;
    }
    collected.add(task);
    if (collected.size() >= MOST_COLLECTED) {
      flush();
    }
  }

  /** The current thread begins to read: what depends on its calls is collected. */
  void collect() {
    reader = Thread.currentThread();
  }

  /** It has read: what was collected is run. */
  void release() {
    reader = null;
    flush();
  }

  private void flush() {
    if (!collected.isEmpty()) {
      handOver.run(collected);
      collected.clear();
    }
  }

  /** Sets no timer any more. */
  void close() {
    waking.lock();
    try {
      if (wake != null) {
        wake.task().cancel(false);
      }
    } finally {
      waking.unlock();
    }
  }

  /** Whether the server will get nothing of it. */
  private boolean withdraw(RpcCall call) {
    Outbox.Message message = call.message();
    return message == null || outbox.withdraw(message);
  }

  private void wakeBy(CallDeadline limits) {
    long now = timer.nanoTime();
    long at = now + Math.max(0, limits.left(now));
    Wake set = wake;
    if (set != null && set.at() - at <= 0) {
      return;
    }
    waking.lock();
    try {
      set = wake;
      if (set == null || set.at() - at > 0) {
        if (set != null) {
          set.task().cancel(false);
        }
        wake = new Wake(at, timer.schedule(this::sweep, at - now + SLACK_NANOS));
      }
    } finally {
      waking.unlock();
    }
  }

  private void sweep() {
    waking.lock();
    try {
      wake = null; // before the look at the calls: one that comes now sets it again
    } finally {
      waking.unlock();
    }
    long now = timer.nanoTime();
    CallDeadline next = null;
    for (RpcCall call : open.values()) {
      CallDeadline limits = call.limits();
      if (limits.timed() && limits.left(now) <= 0) {
        expire(call);
      } else if (limits.timed() && (next == null || limits.left(now) < next.left(now))) {
        next = limits;
      }
    }
    if (next != null) {
      wakeBy(next);
    }
  }

  private void expire(RpcCall call) {
    Envelope held = call.held();
    if (held != null) {
      end(call, held); // a listener is slow; the answer is there all the same
    } else {
      giveUp(call, Code.TIMEOUT, "no answer within " + call.limits().given(), null);
    }
  }
}

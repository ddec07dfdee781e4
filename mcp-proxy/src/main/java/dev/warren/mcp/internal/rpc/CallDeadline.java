package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.internal.thread.Timer;
import java.time.Duration;

/** When a call ends for want of an answer. Times are those of {@link Timer#nanoTime()}. */
final class CallDeadline {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final boolean timed;
  private final long timeout;
  private final boolean extendable;
  private final long last;
  private volatile long deadline;

  CallDeadline(CallOptions call, RpcOptions peer, long now) {
    Duration given = call.timeout().orElse(peer.timeout());
    timed = given.compareTo(FOR_EVER) < 0;
    timeout = timed ? Math.max(0, given.toNanos()) : 0;
    extendable = timed && call.resetOnProgress();
    Duration most = peer.maximum().compareTo(FOR_EVER) < 0 ? peer.maximum() : FOR_EVER;
    last = now + most.toNanos();
    deadline = now + timeout;
    extend(now);
  }

  boolean timed() {
    return timed;
  }

  /** Nanoseconds that are left; not above zero when time is up. Only for a timed call. */
  long left(long now) {
    return deadline - now;
  }

  /** How long the caller may be made to wait. */
  long patience(long now) {
    return timed ? left(now) : FOR_EVER.toNanos();
  }

  /** There was progress. */
  void extend(long now) {
    if (extendable) {
      deadline = now + timeout - last > 0 ? last : now + timeout;
    }
  }

  /** How long the call was given, for a message. */
  Duration given() {
    return Duration.ofNanos(timeout);
  }
}

package dev.warren.mcp.internal.http.budget;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The places for processes of an endpoint, in all and for each caller. Sessions and stateless
 * callers take theirs here, and nowhere else is it decided who gets one. Thread-safe.
 */
public final class ProcessBudget {
  /** For a process that makes room to end. */
  private static final Duration ROOM = Duration.ofSeconds(10);

  private final int limit;
  private final int limitEach;
  private final Map<Caller, Integer> counts = new HashMap<>();
  private int total;

  /** A place that a caller has, or that a process which was ended is about to leave. */
  public final class Place {
    private final Caller caller;
    private final boolean taken;

    private Place(Caller caller, boolean taken) {
      this.caller = caller;
      this.taken = taken;
    }

    /** Waits until the caller has it; false if nobody left one in time, or on interrupt. */
    public boolean await() {
      return taken || take(caller, ROOM);
    }

    /** Gives it back, which only who has it may do, and once. */
    public void release() {
      give(caller);
    }
  }

  /**
   * @param limit for all callers
   * @param limitEach for each caller
   */
  public ProcessBudget(int limit, int limitEach) {
    this.limit = limit;
    this.limitEach = limitEach;
  }

  /**
   * Finds a place for a process. Does not block.
   *
   * @param makeRoom called when there is none: begins to end a process and says whether it did
   * @return empty when there is none and none will be left
   */
  public Optional<Place> reserve(Caller caller, BooleanSupplier makeRoom) {
    boolean taken = take(caller);
    return taken || makeRoom.getAsBoolean()
        ? Optional.of(new Place(caller, taken))
        : Optional.empty();
  }

  /** How many places are taken. */
  public synchronized int total() {
    return total;
  }

  private synchronized boolean take(Caller caller) {
    int count = counts.getOrDefault(caller, 0);
    if (total >= limit || count >= limitEach) {
      return false;
    }
    counts.put(caller, count + 1);
    total++;
    return true;
  }

  private synchronized boolean take(Caller caller, Duration wait) {
    long deadline = System.nanoTime() + wait.toNanos();
    while (!take(caller)) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private synchronized void give(Caller caller) {
    counts.computeIfPresent(caller, (key, count) -> count == 1 ? null : count - 1);
    total--;
    notifyAll();
  }
}

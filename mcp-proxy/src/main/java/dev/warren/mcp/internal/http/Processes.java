package dev.warren.mcp.internal.http;

import dev.warren.mcp.proxy.McpAccess;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Counts the processes of an endpoint, in all and for each caller. Thread-safe. */
final class Processes {
  private final int limit;
  private final int limitEach;
  private final Map<Caller, Integer> counts = new HashMap<>();
  private int total;

  /** Who uses which server. */
  record Caller(String principal, String server) {
    static Caller of(McpAccess.Granted access) {
      return new Caller(access.principal(), access.server());
    }
  }

  Processes(int limit, int limitEach) {
    this.limit = limit;
    this.limitEach = limitEach;
  }

  /** Takes a place; false when there is none. */
  synchronized boolean take(Caller caller) {
    int count = counts.getOrDefault(caller, 0);
    if (total >= limit || count >= limitEach) {
      return false;
    }
    counts.put(caller, count + 1);
    total++;
    return true;
  }

  /** Takes a place, waiting for one a while; false when there is none, or on interrupt. */
  synchronized boolean take(Caller caller, Duration wait) {
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

  /** Gives a place back. */
  synchronized void give(Caller caller) {
    counts.computeIfPresent(caller, (key, count) -> count == 1 ? null : count - 1);
    total--;
    notifyAll();
  }

  synchronized int total() {
    return total;
  }
}

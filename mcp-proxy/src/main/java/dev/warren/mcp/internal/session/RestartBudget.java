package dev.warren.mcp.internal.session;

import dev.warren.mcp.McpRestartPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Counts the starts of a policy's window. Not thread-safe. */
final class RestartBudget {
  private final McpRestartPolicy policy;
  private final Deque<Long> starts = new ArrayDeque<>();

  RestartBudget(McpRestartPolicy policy) {
    this.policy = policy;
  }

  /**
   * Takes one start.
   *
   * @param now as {@link System#nanoTime()}
   * @return how long until the next is allowed, when this one is not
   */
  Optional<Duration> take(long now) {
    long window = policy.window().toNanos();
    while (!starts.isEmpty() && now - starts.peekFirst() >= window) {
      starts.removeFirst();
    }
    if (starts.size() >= policy.starts()) {
      return Optional.of(Duration.ofNanos(window - (now - starts.peekFirst())));
    }
    starts.addLast(now);
    return Optional.empty();
  }
}

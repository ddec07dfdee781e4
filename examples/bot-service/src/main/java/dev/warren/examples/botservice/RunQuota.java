package dev.warren.examples.botservice;

import dev.warren.BotId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many scripts a bot may run in a while. Thread-safe. */
public final class RunQuota {
  private final int runs;
  private final Duration window;
  private final Clock clock;
  private final Map<BotId, Deque<Instant>> used = new ConcurrentHashMap<>();

  public RunQuota(int runs, Duration window, Clock clock) {
    this.runs = runs;
    this.window = window;
    this.clock = clock;
  }

  /** Takes one run, if there is one left. */
  public boolean take(BotId bot) {
    Instant now = clock.instant();
    boolean[] taken = {false};
    used.compute(
        bot,
        (key, earlier) -> {
          Deque<Instant> times = earlier == null ? new ArrayDeque<>() : earlier;
          times.removeIf(time -> !time.isAfter(now.minus(window)));
          if (times.size() < runs) {
            times.add(now);
            taken[0] = true;
          }
          return times;
        });
    return taken[0];
  }
}

package dev.warren.mcp.internal.session;

import java.time.Duration;

/** Durations as nanoseconds: what is too long for them counts as for ever. */
final class Nanos {
  private Nanos() {}

  static long of(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE / 2;
    }
  }
}

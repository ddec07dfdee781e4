package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.internal.thread.Timer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Makes what a peer wrote fit for a log: short, one line, no control characters, not too often. */
final class LogText {
  private static final int LONGEST = 400;
  private static final int BURST = 20;
  private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Timer timer;
  private long nextFree;
  private boolean used;

  LogText(Timer timer) {
    this.timer = timer;
  }

  /** Whether a line may be logged now: 20 at once, then two each second. */
  synchronized boolean allows() {
    long now = timer.nanoTime();
    long floor = now - BURST * EVERY_NANOS;
    if (!used || nextFree - floor < 0) {
      nextFree = floor;
      used = true;
    }
    if (nextFree + EVERY_NANOS - now > 0) {
      return false;
    }
    nextFree += EVERY_NANOS;
    return true;
  }

  /** The beginning of some bytes, with everything escaped that a terminal or a log would obey. */
  static String escape(byte[] bytes, int from, int to) {
    int end = Math.min(to, from + LONGEST);
    String text = new String(bytes, from, end - from, StandardCharsets.UTF_8);
    return escape(text) + (end < to ? "… (" + (to - from) + " bytes)" : "");
  }

  /** All of a text, escaped in the same way. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(point -> append(out, point));
    return out.toString();
  }

  private static void append(StringBuilder out, int point) {
    switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          out.append(String.format("\\u%04x", point));
      default -> out.appendCodePoint(point);
    }
  }
}

package dev.warren.mcp.internal.rpc;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the last 8 KiB of stderr and logs some lines at debug level, escaped, cut and rate limited:
 * what a server says there is no error. Thread-safe.
 */
final class StderrTail {
  static final int KEPT = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(StderrTail.class);

  private final LogText limit;
  private volatile String name = "MCP server";
  private byte[] tail = new byte[0];

  StderrTail(LogText limit) {
    this.limit = limit;
  }

  void name(String value) {
    name = value;
  }

  void add(byte[] bytes) {
    synchronized (this) {
      int fresh = Math.min(bytes.length, KEPT);
      int old = Math.min(tail.length, KEPT - fresh);
      byte[] next =
          Arrays.copyOf(Arrays.copyOfRange(tail, tail.length - old, tail.length), old + fresh);
      System.arraycopy(bytes, bytes.length - fresh, next, old, fresh);
      tail = next;
    }
    if (LOG.isDebugEnabled()) {
      log(bytes);
    }
  }

  /** The last 8 KiB at most, from the start of a character. */
  synchronized String text() {
    int from = 0;
    while (tail.length == KEPT && from < 4 && (tail[from] & 0xC0) == 0x80) {
      from++;
    }
    return new String(tail, from, tail.length - from, StandardCharsets.UTF_8);
  }

  private void log(byte[] bytes) {
    int from = 0;
    while (from < bytes.length && limit.allows()) {
      int to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      if (to > from) {
        LOG.debug("{} stderr: {}", name, LogText.escape(bytes, from, to));
      }
      from = to + 1;
    }
  }
}

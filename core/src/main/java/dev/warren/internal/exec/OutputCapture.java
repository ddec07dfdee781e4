package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ExecResult.CapturedOutput;
import java.util.Arrays;

/**
 * Keeps the first and the last half of a stream, up to a limit, in memory that grows with what is
 * kept. Not thread-safe.
 */
final class OutputCapture {
  private static final int FIRST_SIZE = 256;

  private final int headLimit;
  private final int tailLimit;
  private byte[] head = new byte[0];
  private int headLength;
  private byte[] tail = new byte[0]; // a ring once it has its full size
  private long tailTotal; // bytes that went into the tail, with those that were overwritten
  private long total;
  private boolean skipped;

  OutputCapture(int limit) {
    this.headLimit = limit - limit / 2;
    this.tailLimit = limit / 2;
  }

  void add(ByteString data) {
    total += data.size();
    int toHead = skipped ? 0 : Math.min(data.size(), headLimit - headLength);
    if (toHead > 0) {
      head = grown(head, headLength, headLength + toHead, headLimit);
      data.substring(0, toHead).copyTo(head, headLength);
      headLength += toHead;
    }
    if (toHead < data.size()) {
      addToTail(data.substring(toHead));
    }
  }

  /** Bytes that were written and are not there. */
  void skip(long bytes) {
    total += bytes;
    skipped |= bytes > 0;
    if (bytes > 0) {
      tailTotal = 0; // what follows is not connected to what is before
    }
  }

  private void addToTail(ByteString data) {
    if (tailLimit == 0) {
      return;
    }
    ByteString last = data.substring(Math.max(0, data.size() - tailLimit));
    tailTotal += data.size() - last.size();
    tail =
        grown(
            tail,
            (int) Math.min(tailTotal, tail.length),
            (int) Math.min(tailTotal + last.size(), tailLimit),
            tailLimit);
    int at = (int) (tailTotal % tailLimit);
    int first = Math.min(last.size(), tailLimit - at);
    last.substring(0, first).copyTo(tail, at);
    last.substring(first).copyTo(tail, 0);
    tailTotal += last.size();
  }

  private static byte[] grown(byte[] bytes, int used, int needed, int limit) {
    if (needed <= bytes.length) {
      return bytes;
    }
    int size = Math.min(limit, Math.max(FIRST_SIZE, Math.max(needed, used * 2)));
    return Arrays.copyOf(bytes, size);
  }

  CapturedOutput captured() {
    int kept = (int) Math.min(tailTotal, tailLimit);
    byte[] last = new byte[kept];
    if (kept > 0) {
      int from = (int) ((tailTotal - kept) % tailLimit);
      int first = Math.min(kept, tailLimit - from);
      System.arraycopy(tail, from, last, 0, first);
      System.arraycopy(tail, 0, last, first, kept - first);
    }
    byte[] begin = Arrays.copyOf(head, headLength);
    if (headLength + kept < total) {
      return new CapturedOutput(begin, last, total);
    }
    byte[] all = Arrays.copyOf(begin, headLength + kept); // nothing was dropped between them
    System.arraycopy(last, 0, all, headLength, kept);
    return new CapturedOutput(all, new byte[0], total);
  }
}

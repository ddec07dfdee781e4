package dev.warren.mcp.internal.rpc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts bytes into lines at LF, looking at each byte once. Holds at most one line of the limit's
 * length, twice while it is put together; of a longer one only both ends. For one thread.
 */
final class LineFramer {
  /** What is kept of both ends of a line that is too long. */
  static final int ENDS = 4096;

  /** Pieces from here on are kept as they are; smaller ones are collected in blocks. */
  private static final int LARGE = 16 * 1024;

  private static final int BLOCK = 64 * 1024;

  /** Takes lines, without their LF. */
  interface Sink {
    /** The array is shared: what is to be kept must be copied. */
    void line(byte[] bytes, int from, int to);

    void longLine(long length, byte[] head, byte[] tail);
  }

  private final int limit;
  private final Sink sink;
  private final List<byte[]> parts = new ArrayList<>();
  private byte[] block = new byte[0];
  private int filled;
  private long length;
  private boolean tooLong;
  private byte[] head = new byte[0];
  private final byte[] tail = new byte[ENDS];
  private int tailLength;

  LineFramer(int limit, Sink sink) {
    this.limit = limit;
    this.sink = sink;
  }

  /** Takes the next bytes; they belong to the framer. */
  void feed(byte[] bytes) {
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        end(bytes, from, i);
        from = i + 1;
      }
    }
    if (from < bytes.length) {
      append(bytes, from, bytes.length);
    }
  }

  /** There are no more bytes: what is left is a line. */
  void finish() {
    if (length > 0) {
      end(new byte[0], 0, 0);
    }
  }

  private void end(byte[] bytes, int from, int to) {
    if (length == 0 && to - from <= limit) {
      sink.line(bytes, from, to);
      return;
    }
    append(bytes, from, to);
    if (tooLong) {
      long total = length;
      byte[] first = head;
      byte[] last = Arrays.copyOf(tail, tailLength);
      reset();
      sink.longLine(total, first, last);
    } else {
      byte[] line = join();
      reset();
      sink.line(line, 0, line.length);
    }
  }

  private void append(byte[] bytes, int from, int to) {
    length += to - from;
    if (tooLong) {
      keepTail(bytes, from, to);
    } else if (length > limit) {
      tooLong = true;
      closeBlock();
      head = head(bytes, from, to);
      parts.forEach(part -> keepTail(part, 0, part.length));
      keepTail(bytes, from, to);
      parts.clear();
    } else if (to - from >= LARGE) {
      closeBlock();
      boolean whole = from == 0 && to == bytes.length;
      parts.add(whole ? bytes : Arrays.copyOfRange(bytes, from, to));
    } else {
      collect(bytes, from, to);
    }
  }

  private void collect(byte[] bytes, int from, int to) {
    int count = to - from;
    if (filled + count > block.length) {
      if (filled + count > BLOCK) {
        closeBlock();
      }
      block = Arrays.copyOf(block, Math.min(BLOCK, Math.max(1024, 2 * (filled + count))));
    }
    System.arraycopy(bytes, from, block, filled, count);
    filled += count;
  }

  private void closeBlock() {
    if (filled > 0) {
      parts.add(filled == block.length ? block : Arrays.copyOf(block, filled));
    }
    block = new byte[0];
    filled = 0;
  }

  private byte[] join() {
    closeBlock();
    if (parts.size() == 1) {
      return parts.get(0);
    }
    byte[] line = new byte[(int) length];
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.set(i, new byte[0]); // its memory can go while the line is built
      System.arraycopy(part, 0, line, at, part.length);
      at += part.length;
    }
    return line;
  }

  private byte[] head(byte[] last, int from, int to) {
    byte[] first = new byte[(int) Math.min(ENDS, length)];
    int at = 0;
    for (byte[] part : parts) {
      int count = Math.min(part.length, first.length - at);
      System.arraycopy(part, 0, first, at, count);
      at += count;
    }
    System.arraycopy(last, from, first, at, Math.min(to - from, first.length - at));
    return first;
  }

  private void keepTail(byte[] bytes, int from, int to) {
    int fresh = Math.min(to - from, ENDS);
    int kept = Math.min(tailLength, ENDS - fresh);
    System.arraycopy(tail, tailLength - kept, tail, 0, kept);
    System.arraycopy(bytes, to - fresh, tail, kept, fresh);
    tailLength = kept + fresh;
  }

  private void reset() {
    parts.clear();
    length = 0;
    head = new byte[0];
    tailLength = 0;
    tooLong = false;
  }
}

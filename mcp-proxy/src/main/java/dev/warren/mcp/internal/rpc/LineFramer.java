package dev.warren.mcp.internal.rpc;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts bytes into lines at LF, looking at each byte once. Holds at most one line of the limit's
 * length; of a longer one only both ends. For one thread.
 */
final class LineFramer {
  /** What is kept of both ends of a line that is too long. */
  static final int ENDS = 4096;

  /** Takes lines, without their LF. */
  interface Sink {
    /** The array is shared: what is to be kept must be copied. */
    void line(byte[] bytes, int from, int to);

    void longLine(long length, byte[] head, byte[] tail);
  }

  private final int limit;
  private final Sink sink;
  private final List<byte[]> parts = new ArrayList<>();
  private long length;
  private byte[] head = new byte[0];
  private byte[] tail = new byte[0];
  private boolean tooLong;

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
      byte[] last = tail;
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
    if (!tooLong && length > limit) {
      tooLong = true;
      parts.add(Arrays.copyOfRange(bytes, from, to));
      head = firstOf(parts);
      for (byte[] part : parts) {
        keepTail(part, 0, part.length);
      }
      parts.clear();
    } else if (tooLong) {
      keepTail(bytes, from, to);
    } else {
      boolean whole = from == 0 && to == bytes.length;
      parts.add(whole ? bytes : Arrays.copyOfRange(bytes, from, to));
    }
  }

  private byte[] join() {
    byte[] line = new byte[(int) length];
    int at = 0;
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.set(i, new byte[0]); // its memory can go while the line is built
      System.arraycopy(part, 0, line, at, part.length);
      at += part.length;
    }
    return line;
  }

  private void keepTail(byte[] bytes, int from, int to) {
    if (to - from >= ENDS) {
      tail = Arrays.copyOfRange(bytes, to - ENDS, to);
      return;
    }
    int kept = Math.min(tail.length, ENDS - (to - from));
    byte[] next =
        Arrays.copyOf(Arrays.copyOfRange(tail, tail.length - kept, tail.length), kept + to - from);
    System.arraycopy(bytes, from, next, kept, to - from);
    tail = next;
  }

  private static byte[] firstOf(List<byte[]> parts) {
    byte[] first = new byte[ENDS];
    int at = 0;
    for (byte[] part : parts) {
      int count = Math.min(part.length, ENDS - at);
      System.arraycopy(part, 0, first, at, count);
      at += count;
    }
    return Arrays.copyOf(first, at);
  }

  private void reset() {
    parts.clear();
    length = 0;
    head = new byte[0];
    tail = new byte[0];
    tooLong = false;
  }
}

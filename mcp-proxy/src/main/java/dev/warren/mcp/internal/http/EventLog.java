package dev.warren.mcp.internal.http;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds what all event streams of one session keep, sent or not, in bytes. The oldest event goes
 * first, whichever stream it belongs to; the newest one always stays, so that an answer bigger than
 * the bound still arrives. Thread-safe.
 */
final class EventLog {
  /** What one event costs beside its bytes. */
  private static final int OVERHEAD = 64;

  private final long limit;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private long size;

  EventLog(long limit) {
    this.limit = limit;
  }

  /** An event of a stream. The stream's lock is not held when it is told of a loss. */
  private record Kept(EventStream stream, long number, int cost) {}

  void added(EventStream stream, long number, int bytes) {
    ArrayDeque<Kept> dropped = new ArrayDeque<>();
    synchronized (this) {
      kept.addLast(new Kept(stream, number, bytes + OVERHEAD));
      size += bytes + OVERHEAD;
      while (size > limit && kept.size() > 1) {
        Kept oldest = kept.removeFirst();
        size -= oldest.cost;
        dropped.add(oldest);
      }
    }
    dropped.forEach(event -> event.stream.forget(event.number));
  }

  /** In bytes, with what each event costs. */
  synchronized long size() {
    return size;
  }
}

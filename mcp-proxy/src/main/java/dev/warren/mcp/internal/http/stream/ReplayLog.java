package dev.warren.mcp.internal.http.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;

/**
 * Bounds what all event streams of one session keep, sent or not, in bytes. The oldest event goes
 * first, whichever stream it belongs to; the newest one always stays, so that an answer bigger than
 * the bound still arrives. Thread-safe.
 */
public final class ReplayLog {
  /** What one event costs beside its bytes. */
  private static final int OVERHEAD = 64;

  private final long limit;
  private final Deque<Kept> kept = new ArrayDeque<>();
  private long size;

  public ReplayLog(long limit) {
    this.limit = limit;
  }

  private record Kept(LongConsumer onDrop, long number, int cost) {}

  /**
   * An event was added to a stream.
   *
   * @param onDrop called with the event's number when there is no room for it any more; no lock is
   *     held then
   */
  void added(long number, int bytes, LongConsumer onDrop) {
    ArrayDeque<Kept> dropped = new ArrayDeque<>();
    synchronized (this) {
      kept.addLast(new Kept(onDrop, number, bytes + OVERHEAD));
      size += bytes + OVERHEAD;
      while (size > limit && kept.size() > 1) {
        Kept oldest = kept.removeFirst();
        size -= oldest.cost;
        dropped.add(oldest);
      }
    }
    dropped.forEach(event -> event.onDrop.accept(event.number));
  }
}

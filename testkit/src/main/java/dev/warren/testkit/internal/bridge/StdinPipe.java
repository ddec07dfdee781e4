package dev.warren.testkit.internal.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What clients send and a command reads; takes any amount. Guarded by its monitor. */
final class StdinPipe extends InputStream {
  private final Deque<byte[]> chunks = new ArrayDeque<>();
  private int position;
  private long accepted;
  private boolean closed;

  /** Takes the bytes from an offset on; what was taken before is skipped. Returns the total. */
  synchronized long accept(long offset, byte[] data) {
    long known = accepted - offset;
    if (!closed && known >= 0 && known < data.length) {
      chunks.add(java.util.Arrays.copyOfRange(data, (int) known, data.length));
      accepted = offset + data.length;
      notifyAll();
    }
    return accepted;
  }

  synchronized void end() {
    closed = true;
    notifyAll();
  }

  synchronized long accepted() {
    return accepted;
  }

  synchronized boolean ended() {
    return closed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public synchronized int read(byte[] target, int from, int length) throws IOException {
    try {
      while (chunks.isEmpty()) {
        if (closed) {
          return -1;
        }
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    byte[] chunk = chunks.element();
    int count = Math.min(length, chunk.length - position);
    System.arraycopy(chunk, position, target, from, count);
    position += count;
    if (position == chunk.length) {
      chunks.remove();
      position = 0;
    }
    return count;
  }

  @Override
  public synchronized int available() {
    return chunks.isEmpty() ? 0 : chunks.element().length - position;
  }
}

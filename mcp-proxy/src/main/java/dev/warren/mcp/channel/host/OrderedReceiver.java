package dev.warren.mcp.channel.host;

import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel.Receiver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts what two readers bring into one order, with the end as the last. A receiver that is slow
 * with stdout never stops the reader of stderr: what it brings meanwhile is kept, up to 64 KiB of
 * it.
 */
final class OrderedReceiver {
  private static final int TAIL = 8 << 10;
  private static final int KEPT = 64 << 10;

  private final Receiver receiver;
  private final ReentrantLock delivery = new ReentrantLock();
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(); // guarded by itself
  private byte[] tail = new byte[0]; // guarded by waiting
  private boolean ended; // guarded by delivery
  private final AtomicLong delivered = new AtomicLong();

  OrderedReceiver(Receiver receiver) {
    this.receiver = receiver;
  }

  void stdout(byte[] bytes) {
    delivery.lock();
    try {
      if (!ended) {
        receiver.stdout(bytes);
      }
      delivered.incrementAndGet();
    } finally {
      delivery.unlock();
    }
    deliverStderr();
  }

  void stdoutClosed() {
    delivery.lock();
    try {
      if (!ended) {
        receiver.stdoutClosed();
      }
    } finally {
      delivery.unlock();
    }
  }

  void stderr(byte[] bytes) {
    synchronized (waiting) {
      tail = lastOf(tail, bytes);
      int room = KEPT - waiting.size();
      waiting.write(bytes, 0, Math.min(room, bytes.length));
    }
    deliverStderr();
  }

  /** By whoever comes first; the one who is at it looks again before it leaves. */
  private void deliverStderr() {
    while (hasStderr() && delivery.tryLock()) {
      try {
        byte[] bytes = takeStderr();
        if (!ended && bytes.length > 0) {
          receiver.stderr(bytes);
        }
      } finally {
        delivery.unlock();
      }
    }
  }

  private boolean hasStderr() {
    synchronized (waiting) {
      return waiting.size() > 0;
    }
  }

  private byte[] takeStderr() {
    synchronized (waiting) {
      byte[] bytes = waiting.toByteArray();
      waiting.reset();
      return bytes;
    }
  }

  /** A number that changes with every delivery of stdout. */
  long progress() {
    return delivered.get();
  }

  /** Whether a delivery is under way. */
  boolean isBusy() {
    return delivery.isLocked();
  }

  void ended(int code, int signal) {
    delivery.lock();
    try {
      byte[] rest = takeStderr();
      if (rest.length > 0) {
        receiver.stderr(rest);
      }
      ended = true;
      String text;
      synchronized (waiting) {
        text = new String(tail, StandardCharsets.UTF_8);
      }
      receiver.ended(new ServerExit.Exited(code, signal, false, text));
    } finally {
      delivery.unlock();
    }
  }

  private static byte[] lastOf(byte[] before, byte[] more) {
    int total = before.length + more.length;
    byte[] all = Arrays.copyOf(before, total);
    System.arraycopy(more, 0, all, before.length, more.length);
    return total <= TAIL ? all : Arrays.copyOfRange(all, total - TAIL, total);
  }
}

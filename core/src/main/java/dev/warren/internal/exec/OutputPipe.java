package dev.warren.internal.exec;

import dev.warren.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One output stream of a process, to be read by one thread while another fills it. It holds a
 * bounded number of bytes, apart from those that were on their way already.
 */
final class OutputPipe extends InputStream {
  private static final int CAPACITY = 1 << 20;

  private final Runnable drained;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All below is guarded by the lock. What is in the queue is a ByteBuffer or an IOException.
  private final ArrayDeque<Object> queue = new ArrayDeque<>();
  private int held;
  private boolean ended;
  private boolean closed;
  private @Nullable SandboxException failure;

  /**
   * @param drained called by the reader when a full pipe has room again
   */
  OutputPipe(Runnable drained) {
    this.drained = drained;
  }

  boolean isFull() {
    lock.lock();
    try {
      return held >= CAPACITY;
    } finally {
      lock.unlock();
    }
  }

  void add(ByteBuffer data) {
    lock.lock();
    try {
      if (!closed) {
        queue.add(data);
        held += data.remaining();
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The reader is told that something is missing here; what follows can be read after that. */
  void addHole(IOException hole) {
    lock.lock();
    try {
      queue.add(hole);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The end: a normal one, or one that is not known. */
  void end(@Nullable SandboxException why) {
    lock.lock();
    try {
      ended = true;
      failure = why;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    boolean wasFull;
    int count = 0;
    lock.lock();
    try {
      if (!await()) {
        return -1;
      }
      wasFull = held >= CAPACITY;
      while (count < length && queue.peek() instanceof ByteBuffer data) {
        int part = Math.min(length - count, data.remaining());
        data.get(target, offset + count, part);
        count += part;
        held -= part;
        if (!data.hasRemaining()) {
          queue.remove();
        }
      }
      wasFull &= held < CAPACITY;
    } finally {
      lock.unlock();
    }
    if (wasFull) {
      drained.run();
    }
    return count;
  }

  /** Waits for bytes; false at the end. */
  private boolean await() throws IOException {
    try {
      while (queue.isEmpty() && !ended && !closed) {
        changed.await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted =
          new InterruptedIOException("the calling thread was interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
    if (closed) {
      throw new IOException("the stream is closed");
    }
    if (queue.peek() instanceof IOException hole) {
      queue.remove();
      throw hole;
    }
    if (queue.isEmpty() && failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    return !queue.isEmpty();
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return queue.peek() instanceof ByteBuffer data ? data.remaining() : 0;
    } finally {
      lock.unlock();
    }
  }

  /** What still comes is dropped. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      held = 0;
      changed.signal();
    } finally {
      lock.unlock();
    }
    drained.run();
  }
}

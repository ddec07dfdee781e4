package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.internal.thread.DaemonThreads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way to a server: a queue that is bounded in bytes, and the one thread that writes.
 * Small lines that wait together are written together. Thread-safe.
 */
final class Outbox {
  private static final int BATCH_BYTES = 32 * 1024;

  private static final int FRESH = 0;
  private static final int QUEUED = 1;
  private static final int TAKEN = 2;
  private static final int WRITTEN = 3;
  private static final int WITHDRAWN = 4;

  private final int capacity;
  private final RpcCounters counters;
  private final Consumer<IOException> onFailure;
  private final ConcurrentLinkedQueue<Message> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicInteger blocked = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private volatile boolean idle;
  private volatile boolean finishing;
  private volatile boolean aborted;
  private volatile boolean finished;
  private volatile @Nullable Thread writer;

  /** Told once when writing failed, on the writer's thread; nothing is written afterwards. */
  Outbox(int capacity, RpcCounters counters, Consumer<IOException> onFailure) {
    this.capacity = capacity;
    this.counters = counters;
    this.onFailure = onFailure;
  }

  /** One line, with its LF. */
  static final class Message {
    private final byte[] line;
    private final AtomicInteger state = new AtomicInteger(FRESH);

    Message(byte[] line) {
      this.line = line;
    }

    int size() {
      return line.length;
    }

    boolean isWritten() {
      return state.get() == WRITTEN;
    }
  }

  void start(StdioChannel channel, String name) {
    Thread thread =
        DaemonThreads.numbered("warren-mcp-write " + name).newThread(() -> run(channel));
    writer = thread;
    thread.start();
  }

  /** Queues a line if there is room; it may be withdrawn already. */
  boolean offer(Message message) {
    long before = waiting.getAndAdd(message.size());
    if (before > 0 && before + message.size() > capacity) {
      release(message);
      return false;
    }
    enqueue(message);
    return true;
  }

  /** Queues a line, room or not: for short ones that must not be lost. */
  void admit(Message message) {
    waiting.addAndGet(message.size());
    enqueue(message);
  }

  /** Queues a line once there is room; false when time is up, or nothing is written any more. */
  boolean put(Message message, long nanos) throws InterruptedException {
    if (offer(message)) {
      return true;
    }
    long left = nanos;
    blocked.incrementAndGet(); // before the next look, so that no wake is missed
    try {
      lock.lockInterruptibly();
      try {
        while (!aborted && !finishing) {
          if (offer(message)) {
            return true;
          }
          if (left <= 0 || message.state.get() == WITHDRAWN) {
            return false;
          }
          left = room.awaitNanos(left);
        }
        return false;
      } finally {
        lock.unlock();
      }
    } finally {
      blocked.decrementAndGet();
    }
  }

  /** Takes a line back; false when the server has it or may have got a part of it. */
  boolean withdraw(Message message) {
    if (message.state.compareAndSet(FRESH, WITHDRAWN)) {
      wakeBlocked();
      return true;
    }
    if (message.state.compareAndSet(QUEUED, WITHDRAWN)) {
      boolean unused = queue.remove(message); // it would hold memory while the server does not read
      release(message);
      return true;
    }
    return false;
  }

  /** Bytes that wait. */
  long waiting() {
    return waiting.get();
  }

  /** Writes what waits, then ends the server's stdin. */
  void finish() {
    finishing = true;
    wake();
  }

  /** Writes nothing more. */
  void abort() {
    aborted = true;
    wake();
  }

  /** Whether stdin has been ended, or cannot be. */
  boolean isFinished() {
    return finished;
  }

  private void enqueue(Message message) {
    if (!message.state.compareAndSet(FRESH, QUEUED)) {
      release(message);
      return;
    }
    queue.add(message);
    if (idle) {
      LockSupport.unpark(writer);
    }
  }

  private void release(Message message) {
    waiting.addAndGet(-message.size());
    wakeBlocked();
  }

  private void wake() {
    LockSupport.unpark(writer);
    wakeBlocked();
  }

  private void wakeBlocked() {
    if (blocked.get() > 0) {
      lock.lock();
      try {
        room.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void run(StdioChannel channel) {
    byte[] buffer = new byte[BATCH_BYTES];
    List<Message> batch = new ArrayList<>();
    try {
      Message carried = null;
      while (!aborted) {
        Message first = carried != null ? carried : next();
        if (first == null) {
          break;
        }
        carried = write(channel, first, buffer, batch);
      }
    } catch (IOException e) {
      aborted = true;
      onFailure.accept(e);
    } finally {
      channel.closeInput();
      finished = true;
      aborted = true;
      wakeBlocked();
    }
  }

  /**
   * Writes a line, and those behind it that fit with it; returns one that was taken but did not.
   */
  private @Nullable Message write(
      StdioChannel channel, Message first, byte[] buffer, List<Message> batch) throws IOException {
    if (first.size() > buffer.length) {
      channel.write(first.line, 0, first.size());
      written(first);
      return null;
    }
    int length = 0;
    Message message = first;
    while (message != null && length + message.size() <= buffer.length) {
      System.arraycopy(message.line, 0, buffer, length, message.size());
      length += message.size();
      batch.add(message);
      message = poll();
    }
    channel.write(buffer, 0, length);
    batch.forEach(this::written);
    batch.clear();
    return message;
  }

  private void written(Message message) {
    message.state.set(WRITTEN);
    counters.sent.increment();
    release(message);
  }

  /** The next line, or null when there will be none. */
  private @Nullable Message next() {
    while (!aborted) {
      Message message = poll();
      if (message != null) {
        return message;
      }
      idle = true;
      if (queue.isEmpty() && !aborted) {
        if (finishing) {
          return null;
        }
        LockSupport.park(this);
      }
      idle = false;
      boolean unused = Thread.interrupted();
    }
    return null;
  }

  private @Nullable Message poll() {
    for (Message message = queue.poll(); message != null; message = queue.poll()) {
      if (message.state.compareAndSet(QUEUED, TAKEN)) {
        return message;
      }
    }
    return null;
  }
}

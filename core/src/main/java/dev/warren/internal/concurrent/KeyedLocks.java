package dev.warren.internal.concurrent;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One fair lock for each key, made when it is first wanted and dropped when nobody holds or awaits
 * it. Not reentrant, and not bound to a thread: another one may close what one acquired.
 * Thread-safe.
 */
public final class KeyedLocks<K> {
  private final Map<K, Entry> entries = new HashMap<>();

  /**
   * Takes the lock of a key.
   *
   * @throws InterruptedException when the thread is interrupted while it waits
   * @throws LockTimeout when the lock is not free in time
   */
  public Held acquire(K key, Duration timeout) throws InterruptedException, LockTimeout {
    Entry entry = reserve(key);
    boolean taken = false;
    try {
      taken = entry.permit.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      if (!taken) {
        release(key, entry);
      }
    }
    if (!taken) {
      throw new LockTimeout();
    }
    return () -> {
      entry.permit.release();
      release(key, entry);
    };
  }

  /** Keys that somebody holds or awaits. */
  public int size() {
    synchronized (entries) {
      return entries.size();
    }
  }

  private Entry reserve(K key) {
    synchronized (entries) {
      Entry entry = entries.computeIfAbsent(key, unused -> new Entry());
      entry.references++;
      return entry;
    }
  }

  private void release(K key, Entry entry) {
    synchronized (entries) {
      if (--entry.references == 0) {
        entries.remove(key);
      }
    }
  }

  private static final class Entry {
    private final Semaphore permit = new Semaphore(1, true);
    private int references;
  }

  /** The lock was not free in time. */
  public static final class LockTimeout extends Exception {
    private static final long serialVersionUID = 1L;

    public LockTimeout() {
      super("lock not free in time", null, false, false);
    }
  }

  /** A lock that is held; to be closed once. */
  @FunctionalInterface
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }
}

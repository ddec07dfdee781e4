package dev.warren.examples.botservice;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * What goes on in the sandbox of one bot: many scripts at a time, or something that needs the
 * sandbox for itself. Thread-safe.
 */
final class Activity {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Clock clock;
  private volatile Instant last;

  Activity(Clock clock) {
    this.clock = clock;
    this.last = clock.instant();
  }

  /** Runs something beside others. */
  <T> T shared(Supplier<T> work) {
    lock.readLock().lock();
    try {
      return work.get();
    } finally {
      last = clock.instant();
      lock.readLock().unlock();
    }
  }

  /** Runs something when nothing else runs; what comes later waits. */
  <T> T alone(Supplier<T> work) {
    lock.writeLock().lock();
    try {
      return work.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Runs something alone if nothing runs now and nothing has since then; tells whether it did. */
  boolean ifIdleSince(Instant then, Runnable work) {
    if (!lock.writeLock().tryLock()) {
      return false;
    }
    try {
      if (last.isAfter(then)) {
        return false;
      }
      work.run();
      return true;
    } finally {
      lock.writeLock().unlock();
    }
  }
}

package dev.warren.internal.manager;

import dev.warren.internal.concurrent.KeyedLocks.LockTimeout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;

/**
 * Locks among the JVMs on one machine: each key has a byte of one empty file, so there is one file
 * however many keys there are, and none to remove. Two keys with one byte would wait for each
 * other, which takes about a billion keys to happen.
 *
 * <p>The kernel drops all locks that a process has on a file as soon as the process closes any
 * descriptor of it (fcntl(2)). So a JVM has the file open once, while anybody holds or awaits a
 * lock. Thread-safe.
 */
final class RangeLocks {
  private static final long POLL_MILLIS = 20;
  private static final Map<Path, RangeLocks> OPEN = new HashMap<>();

  private final Path path;
  private final FileChannel file;
  private int users;

  private RangeLocks(Path path, FileChannel file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Takes the lock of a key.
   *
   * @param file is made when it is missing; its directory exists
   * @param deadline of {@link System#nanoTime}
   * @throws LockTimeout when the lock is not free in time
   */
  static Range acquire(Path file, String key, long deadline)
      throws IOException, InterruptedException, LockTimeout {
    RangeLocks locks = enter(file);
    try {
      FileLock range = locks.lock(position(key), deadline);
      return () -> {
        try {
          range.release();
        } finally {
          locks.leave();
        }
      };
    } catch (Throwable e) {
      locks.leave();
      throw e;
    }
  }

  private static RangeLocks enter(Path file) throws IOException {
    synchronized (OPEN) {
      Path path = file.getParent().toRealPath().resolve(file.getFileName());
      RangeLocks locks = OPEN.get(path);
      if (locks == null) {
        locks =
            new RangeLocks(
                path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        OPEN.put(path, locks);
      }
      locks.users++;
      return locks;
    }
  }

  private void leave() throws IOException {
    synchronized (OPEN) {
      if (--users == 0) {
        OPEN.remove(path);
        file.close();
      }
    }
  }

  /**
   * Polls: a thread that is interrupted while it blocks in a file lock closes the file, and with it
   * go the locks of all others.
   */
  private FileLock lock(long position, long deadline)
      throws IOException, InterruptedException, LockTimeout {
    while (true) {
      try {
        FileLock range = file.tryLock(position, 1, false);
        if (range != null) {
          return range;
        }
      } catch (OverlappingFileLockException e) {
        // Another manager of this JVM holds it.
      }
      if (System.nanoTime() > deadline) {
        throw new LockTimeout();
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long position(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(digest).getLong() >>> 2;
    } catch (NoSuchAlgorithmException e) {
      throw new LinkageError("every JVM has SHA-256", e);
    }
  }

  /** A lock that is held; to be closed once. */
  @FunctionalInterface
  interface Range {
    void close() throws IOException;
  }
}

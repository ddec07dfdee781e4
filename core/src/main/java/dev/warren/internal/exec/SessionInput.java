package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.Attached;
import dev.warren.bridge.v1.StdinAccepted;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The input half of a session: takes what callers write, and sends it over whichever stream is
 * attached, each byte until the bridge has accepted it. Thread-safe.
 *
 * <p>Its lock guards all fields, and is held while a frame is sent, so that frames leave in the
 * order of their offsets. It may be taken under the session's lock and never calls back into the
 * session or the output; only a stream's monitor is taken under it.
 */
final class SessionInput {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final StdinBuffer stdin = new StdinBuffer();
  private @Nullable ProcessStream stream; // null unless one has answered and is in use
  private boolean left;
  private boolean ended;

  /** Adds all of it and closes, whatever its length: for input that is in memory anyway. */
  void feed(ByteString data) {
    lock.lock();
    try {
      stdin.add(data);
      stdin.close();
      pump();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds some of the bytes, waiting until the bridge takes any.
   *
   * @return how many; -1 when the process does not read them any more
   */
  int write(byte[] bytes, int offset, int length) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!stdin.hasRoom() && !ended && !left) {
        changed.await();
      }
      if (ended || left || stdin.isBroken() || stdin.isClosing()) {
        return -1;
      }
      int count = (int) Math.min(length, stdin.room());
      stdin.add(ByteString.copyFrom(bytes, offset, count));
      pump();
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** End of file, once all that was written has arrived. */
  void close() {
    lock.lock();
    try {
      stdin.close();
      pump();
    } finally {
      lock.unlock();
    }
  }

  /** A stream has answered: goes on where the bridge stands. */
  void attached(ProcessStream current, Attached frame, boolean first) {
    lock.lock();
    try {
      stream = current;
      stdin.attached(
          frame.getStdinAccepted(), frame.getStdinClosed(), frame.getStdinWindow(), first);
      pump();
    } finally {
      lock.unlock();
    }
  }

  void accepted(StdinAccepted frame) {
    lock.lock();
    try {
      stdin.accepted(frame.getOffset(), frame.getBroken());
      pump();
    } finally {
      lock.unlock();
    }
  }

  /** The stream is gone; what is written meanwhile waits for the next. */
  void lost() {
    lock.lock();
    try {
      stream = null;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is sent, and nobody waits. */
  void leave() {
    lock.lock();
    try {
      left = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The session is over: nobody waits. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void pump() {
    ProcessStream to = stream;
    if (to != null && !left) {
      stdin.sendTo(to);
    }
    changed.signalAll();
  }
}

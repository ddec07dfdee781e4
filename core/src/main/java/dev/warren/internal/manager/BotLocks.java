package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.concurrent.KeyedLocks;
import dev.warren.internal.concurrent.KeyedLocks.Held;
import dev.warren.internal.concurrent.KeyedLocks.LockTimeout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * One lock for each bot, among the threads of this JVM and among all JVMs on the state directory.
 * Held by every operation that changes the state of a sandbox, from its first step to its last.
 * Thread-safe.
 */
public final class BotLocks {
  private final KeyedLocks<BotId> threads = new KeyedLocks<>();
  private final StateDirectory state;
  private final Duration timeout;

  public BotLocks(StateDirectory state, Duration timeout) {
    this.state = state;
    this.timeout = timeout;
  }

  /**
   * Takes the lock of a bot.
   *
   * @throws SandboxException {@code TIMEOUT} when another operation holds it too long, {@code
   *     CANCELLED} on interrupt
   */
  public Lock acquire(String operation, BotId bot) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      Held held = threads.acquire(bot, timeout);
      try {
        return lockFile(bot, held, deadline);
      } catch (Throwable e) {
        held.close();
        throw e;
      }
    } catch (LockTimeout e) {
      throw SandboxException.of(Code.TIMEOUT, operation, bot.value())
          .detail("another operation on this sandbox holds its lock for more than " + timeout)
          .build();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, operation, bot.value())
          .detail("the thread was interrupted while it waited for the sandbox's lock")
          .cause(e)
          .build();
    } catch (IOException e) {
      throw SandboxException.of(Code.INTERNAL, operation, bot.value())
          .detail("the lock file in the state directory cannot be used")
          .remedy("check its rights and the free space of its disk")
          .cause(e)
          .build();
    }
  }

  private Lock lockFile(BotId bot, Held held, long deadline)
      throws IOException, InterruptedException, LockTimeout {
    return new Lock(
        held, RangeLocks.acquire(state.directory("locks").resolve("bots"), bot.value(), deadline));
  }

  /** A lock that is held; to be closed once. */
  public static final class Lock implements AutoCloseable {
    private final Held held;
    private final RangeLocks.Range range;

    private Lock(Held held, RangeLocks.Range range) {
      this.held = held;
      this.range = range;
    }

    @Override
    public void close() {
      try {
        range.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        held.close();
      }
    }
  }
}

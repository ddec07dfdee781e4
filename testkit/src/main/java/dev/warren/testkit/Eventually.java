package dev.warren.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Waits for what another thread or process does, by looking again and again until a deadline. Tests
 * that wait like this are fast on a fast machine and right on a slow one. Thread-safe.
 */
public final class Eventually {
  private static final Duration STANDARD = Duration.ofSeconds(20);
  private static final long FIRST_PAUSE_MILLIS = 1;
  private static final long LONGEST_PAUSE_MILLIS = 50;

  private final Duration limit;

  private Eventually(Duration limit) {
    this.limit = limit;
  }

  /** Waits up to 20 seconds. */
  public static Eventually soon() {
    return within(STANDARD);
  }

  public static Eventually within(Duration limit) {
    return new Eventually(limit);
  }

  /**
   * Returns once the condition holds.
   *
   * @param what completes the sentence "waited in vain until …"
   */
  public void until(String what, Callable<Boolean> condition) {
    passes(
        () -> {
          if (!condition.call()) {
            throw new AssertionError("waited " + limit + " in vain until " + what);
          }
        });
  }

  /** Returns once the assertions pass; throws what the last try threw. */
  public void passes(Assertions assertions) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (long pause = FIRST_PAUSE_MILLIS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS)) {
      Throwable failure;
      try {
        assertions.run();
        return;
      } catch (Error | Exception e) {
        failure = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw failed(failure);
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed(failure);
      }
    }
  }

  private static AssertionError failed(Throwable failure) {
    return failure instanceof AssertionError error
        ? error
        : new AssertionError("still failing at the deadline: " + failure.getMessage(), failure);
  }

  /** Something that fails by throwing. */
  @FunctionalInterface
  public interface Assertions {
    void run() throws Exception;
  }
}

package dev.warren.testsupport;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Waits for what happens on other threads and in other processes. Stateless.
 *
 * <p>Tests above the testkit can also use its {@code Eventually}, which users have: it takes
 * assertions and says what it waited for.
 */
public final class Await {
  private static final long LIMIT_SECONDS = 20;

  private Await() {}

  /** Returns once the condition holds; an {@link AssertionError} after 20 seconds. */
  public static void until(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen within " + LIMIT_SECONDS + " s");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
  }
}

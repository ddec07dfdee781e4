package dev.warren.internal.connection;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what happens elsewhere. Stateless. */
public final class Eventually {
  private static final long LIMIT_SECONDS = 20;

  private Eventually() {}

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

package dev.warren.mcp.testing;

import java.util.concurrent.Callable;

/** Waits for what happens on other threads. */
public final class Await {
  private Await() {}

  public static void until(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen within 20 s");
      }
      Thread.sleep(10);
    }
  }
}

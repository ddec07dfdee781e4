package dev.warren.internal.concurrent;

/** Work that has to be done although the thread was interrupted. */
public final class Interrupts {
  private Interrupts() {}

  /** Runs it with the interrupt flag cleared, and sets the flag again afterwards. */
  public static void shielded(Runnable work) {
    boolean interrupted = Thread.interrupted();
    try {
      work.run();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

package dev.warren.internal.concurrent;

import java.time.Duration;

/** All that this module tries again. Waits for a state are none of it. */
public final class Retries {

  /**
   * A bridge at an address that was remembered: asks the engine once more, a tenth of a second
   * later.
   */
  public static final RetryPolicy BRIDGE_ADDRESS =
      RetryPolicy.doubling(2, Duration.ofMillis(100), Duration.ofMillis(100));

  /**
   * A bridge that is just starting: at first after half a millisecond, in the end fifty times a
   * second, for as long as the caller gives it and its sandbox runs.
   */
  public static final RetryPolicy BRIDGE_START =
      RetryPolicy.doubling(Integer.MAX_VALUE, Duration.ofNanos(500_000), Duration.ofMillis(20));

  /**
   * A bridge that refuses the connection, within {@link #BRIDGE_START}: one that is just starting
   * may drop a connection; one that refuses three times keeps refusing.
   */
  public static final RetryPolicy BRIDGE_REFUSAL =
      RetryPolicy.doubling(3, Duration.ZERO, Duration.ZERO);

  /**
   * The stream of a process after it broke: at once, then after 10 to 640 milliseconds, for {@link
   * #PROCESS_PATIENCE}.
   */
  public static final RetryPolicy PROCESS_STREAM =
      RetryPolicy.onceAtOnceThenDoubling(
          Integer.MAX_VALUE, Duration.ofMillis(10), Duration.ofMillis(640));

  /** As long as the bridge waits for a client before it ends a process that is not kept. */
  public static final Duration PROCESS_PATIENCE = Duration.ofSeconds(30);

  /** The start of a process that, as the bridge says afterwards, never arrived: once more. */
  public static final RetryPolicy PROCESS_START =
      RetryPolicy.doubling(2, Duration.ZERO, Duration.ZERO);

  /**
   * The start of a bridge's file that another thread's child still has open for writing: forty
   * attempts within 780 milliseconds.
   */
  public static final RetryPolicy BUSY_PROGRAM = RetryPolicy.growing(40, Duration.ofMillis(1));

  private Retries() {}
}

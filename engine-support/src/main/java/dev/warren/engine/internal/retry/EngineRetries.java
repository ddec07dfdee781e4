package dev.warren.engine.internal.retry;

import java.time.Duration;

/** All that the runtimes of engines try again. */
public final class EngineRetries {

  /**
   * Reads from a registry, whole or from where the connection broke: four attempts within about a
   * second and a half; a registry that says {@code Retry-After} is given up to 30 seconds each
   * time.
   */
  public static final RetryPolicy REGISTRY_READ =
      RetryPolicy.doubling(4, Duration.ofMillis(200), Duration.ofSeconds(30));

  /** Bytes that are in memory: reading them does not fail in a way that passes. */
  public static final RetryPolicy ONCE = RetryPolicy.steady(1, Duration.ZERO);

  /**
   * The opening of a blob in containerd's content store while another process writes it: five times
   * a second, for half an hour, which is long enough for that process's slow download.
   */
  public static final RetryPolicy BUSY_BLOB =
      RetryPolicy.within(Duration.ofMinutes(30), Duration.ofMillis(200));

  /**
   * The creation of a task in a containerd that was killed and has yet to remove what the shim of
   * an earlier task left: twenty attempts, ten a second.
   */
  public static final RetryPolicy TASK_REMAINS = RetryPolicy.steady(20, Duration.ofMillis(100));

  /**
   * The removal of a task whose creation containerd did not answer, and which may appear later than
   * it is looked for: at once and three times more, a tenth of a second apart.
   */
  public static final RetryPolicy LATE_TASK = RetryPolicy.steady(4, Duration.ofMillis(100));

  /**
   * The start of a container in a Docker Engine that still tidies up after a start that was killed:
   * ten times a second, for 15 seconds.
   */
  public static final RetryPolicy CONTAINER_REMAINS =
      RetryPolicy.within(Duration.ofSeconds(15), Duration.ofMillis(100));

  /**
   * The opening of an engine's stream of events after it broke: as long as somebody listens, at
   * first after 50 milliseconds, in the end every two seconds.
   */
  public static final RetryPolicy EVENT_STREAM =
      RetryPolicy.doubling(Integer.MAX_VALUE, Duration.ofMillis(50), Duration.ofSeconds(2));

  private EngineRetries() {}
}

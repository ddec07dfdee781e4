package dev.warren.spi;

/** What running tasks use. The general rules are those of {@link SandboxRuntime}. */
public interface Metrics {

  /**
   * @throws dev.warren.SandboxException {@code NOT_FOUND} when there is no task, {@code CONFLICT}
   *     when it has ended
   */
  TaskMetrics get(String id);

  /**
   * One reading.
   *
   * @param cpuNanos CPU time used since the start
   * @param memoryBytes in use, without page cache that could be dropped at once
   * @param memoryLimitBytes 0 when there is none
   * @param pids processes and threads
   */
  record TaskMetrics(long cpuNanos, long memoryBytes, long memoryLimitBytes, long pids) {}
}

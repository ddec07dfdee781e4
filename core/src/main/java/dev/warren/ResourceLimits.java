package dev.warren;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What one sandbox may use at most. An empty value means no limit; only {@link #unlimited()} and
 * the {@code unlimited…} methods give one.
 *
 * @param cpus CPU time per wall time, such as 1.5
 * @param memoryBytes memory, with no swap on top
 * @param pids processes and threads at once
 * @param openFiles file descriptors of one process
 */
public record ResourceLimits(
    OptionalDouble cpus, OptionalLong memoryBytes, OptionalLong pids, OptionalLong openFiles) {

  private static final long MIN_MEMORY = 16L << 20;

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ResourceLimits {
    require(
        cpus.isEmpty() || (cpus.getAsDouble() >= 0.01 && cpus.getAsDouble() <= 1024),
        "cpus",
        "from 0.01 to 1024");
    require(
        memoryBytes.isEmpty() || memoryBytes.getAsLong() >= MIN_MEMORY,
        "memoryBytes",
        "at least 16 MiB");
    require(pids.isEmpty() || pids.getAsLong() >= 16, "pids", "at least 16");
    require(openFiles.isEmpty() || openFiles.getAsLong() >= 64, "openFiles", "at least 64");
  }

  /** 2 CPUs, 1 GiB, 512 processes, 65,536 open files. */
  public static ResourceLimits defaults() {
    return new ResourceLimits(
        OptionalDouble.of(2),
        OptionalLong.of(1L << 30),
        OptionalLong.of(512),
        OptionalLong.of(65_536));
  }

  /** No limit at all: one sandbox can then starve the host. */
  public static ResourceLimits unlimited() {
    return new ResourceLimits(
        OptionalDouble.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }

  public ResourceLimits withCpus(double value) {
    return new ResourceLimits(OptionalDouble.of(value), memoryBytes, pids, openFiles);
  }

  public ResourceLimits withMemoryBytes(long value) {
    return new ResourceLimits(cpus, OptionalLong.of(value), pids, openFiles);
  }

  public ResourceLimits withPids(long value) {
    return new ResourceLimits(cpus, memoryBytes, OptionalLong.of(value), openFiles);
  }

  public ResourceLimits withOpenFiles(long value) {
    return new ResourceLimits(cpus, memoryBytes, pids, OptionalLong.of(value));
  }

  private static void require(boolean condition, String name, String detail) {
    if (!condition) {
      throw SandboxException.invalid("check resource limits", name, "it must be " + detail);
    }
  }
}

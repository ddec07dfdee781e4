package dev.warren;

import java.time.Duration;

/**
 * How a process ended.
 *
 * @param code its exit code, or 128 + signal
 * @param signal that ended it; 0 when it exited by itself
 * @param stderrTail the last 8 KiB of stderr at most
 * @param outputHeld a descendant still held an output stream; what it wrote later is not included
 */
public record ProcessExit(
    Cause cause,
    int code,
    int signal,
    Duration duration,
    long stdoutBytes,
    long stderrBytes,
    String stderrTail,
    boolean outputHeld) {

  /** Why it ended. */
  public enum Cause {
    EXITED,
    /** By a signal that nobody below accounts for. */
    SIGNALLED,
    TIMED_OUT,
    /** By {@link SandboxProcess#cancel()} or {@link SandboxProcess#close()}. */
    CANCELLED,
    OUT_OF_MEMORY,
    /** No client came back in time after the connection was lost. */
    ABANDONED
  }

  public boolean success() {
    return cause == Cause.EXITED && code == 0;
  }

  /** Leaves the output out. */
  @Override
  public String toString() {
    return "ProcessExit[" + cause + ", code=" + code + ", signal=" + signal + "]";
  }
}

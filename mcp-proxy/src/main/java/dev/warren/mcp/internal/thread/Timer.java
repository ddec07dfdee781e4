package dev.warren.mcp.internal.thread;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time, so that tests can make it pass. Thread-safe. */
public interface Timer {

  /** As {@link System#nanoTime()}. */
  long nanoTime();

  /** Runs a task later, on a thread where it must not block; the future cancels it. */
  Future<?> schedule(Runnable task, long delayNanos);

  /** Real time; one daemon thread for all, which ends when nothing is due. */
  static Timer system() {
    return SystemTimer.INSTANCE;
  }

  /** The timer of this JVM. */
  final class SystemTimer implements Timer {
    private static final SystemTimer INSTANCE = new SystemTimer();
    private static final long IDLE_SECONDS = 10;

    private final ScheduledThreadPoolExecutor executor;

    private SystemTimer() {
      executor = new ScheduledThreadPoolExecutor(1, DaemonThreads.numbered("warren-mcp-timer"));
      executor.setRemoveOnCancelPolicy(true);
      executor.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
      executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public Future<?> schedule(Runnable task, long delayNanos) {
      return executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    }
  }
}

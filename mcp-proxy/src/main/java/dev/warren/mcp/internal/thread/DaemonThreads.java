package dev.warren.mcp.internal.thread;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that do not keep the JVM alive. */
public final class DaemonThreads {
  private DaemonThreads() {}

  /** A thread that has not been started. */
  public static Thread create(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Makes threads that all have the same name. */
  public static ThreadFactory named(String name) {
    return task -> create(name, task);
  }

  /** Makes threads whose names end in a number, from 1. */
  public static ThreadFactory numbered(String name) {
    AtomicInteger count = new AtomicInteger();
    return task -> create(name + "-" + count.incrementAndGet(), task);
  }
}

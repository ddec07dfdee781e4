package dev.warren.mcp.internal.thread;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Virtual threads, where the JVM has them and they do not pin. */
public final class VirtualThreads {
  /** Before it, a virtual thread that blocks in a synchronized block holds its carrier. */
  private static final int UNPINNED = 24;

  private VirtualThreads() {}

  /** One that starts a thread for each task; empty before Java 24. */
  public static Optional<ExecutorService> executor() {
    if (Runtime.version().feature() < UNPINNED) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Java 24 has virtual threads", e);
    }
  }
}

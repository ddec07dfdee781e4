package dev.warren.mcp.internal.thread;

import dev.warren.SandboxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Short calls for which nobody waits; what fails in them is logged, since nobody can act on it. */
public final class DetachedTask {
  private static final Logger LOG = LoggerFactory.getLogger(DetachedTask.class);

  private DetachedTask() {}

  public static void run(String what, Runnable errand) {
    DaemonThreads.create(
            "warren-mcp-errand",
            () -> {
              try {
                errand.run();
              } catch (SandboxException e) {
                LOG.debug("{}: {}", what, e.getMessage());
              }
            })
        .start();
  }
}

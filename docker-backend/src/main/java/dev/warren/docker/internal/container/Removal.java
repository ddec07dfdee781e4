package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import java.util.concurrent.TimeUnit;

/** Waits for a removal that somebody else began: the engine has no call for that. */
final class Removal {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final long PAUSE_MILLIS = 20;

  private Removal() {}

  static void await(
      ContainerLookup lookup,
      String operation,
      String id,
      String engineId,
      SandboxException otherwise) {
    long end = System.nanoTime() + PATIENCE;
    while (lookup.findById(operation, id, engineId).isPresent()) {
      if (System.nanoTime() > end) {
        throw otherwise;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw dev.warren.docker.internal.client.DockerErrors.map(operation, id, e);
      }
    }
  }
}

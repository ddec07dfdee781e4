package dev.warren.internal.connection;

import dev.warren.BotId;

/** Asks the engine about bridges; nothing is remembered here. */
public interface BridgeLookup {

  /**
   * Locates a running bridge, waiting for it to announce itself.
   *
   * @throws dev.warren.SandboxException {@code NOT_FOUND}, {@code CONFLICT} for a foreign
   *     container, {@code UNAVAILABLE} when it does not run or says nothing in time
   */
  BridgeLocation locate(BotId bot);

  /** Whether the container's task runs. */
  boolean running(String containerId);
}

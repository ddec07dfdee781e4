package dev.warren;

/**
 * Told about sandboxes of a manager, on a thread of Warren and never under a lock. Exceptions are
 * logged.
 */
public interface SandboxListener {

  default void started(BotId bot) {}

  /** The sandbox ended, whoever ended it. */
  default void stopped(BotId bot, int exitCode) {}

  default void outOfMemory(BotId bot) {}

  default void deleted(BotId bot) {}
}

package dev.warren;

import java.time.Instant;
import java.util.Optional;

/**
 * A sandbox as the engine knows it.
 *
 * @param containerId its name in the engine
 * @param image it was made from
 * @param started of the current or last run, where the engine tells
 * @param exitCode of the last run, when it has ended
 */
public record SandboxInfo(
    BotId bot,
    String containerId,
    String image,
    State state,
    Instant created,
    Optional<Instant> started,
    Optional<Integer> exitCode) {

  /** What a sandbox is doing. */
  public enum State {
    /** It was made and has never run. */
    CREATED,
    RUNNING,
    PAUSED,
    STOPPED
  }

  public boolean running() {
    return state == State.RUNNING;
  }
}

package dev.warren;

import java.util.List;
import java.util.Map;

/**
 * What {@link BotContainerManager#reconcile} found.
 *
 * @param sandboxes of this manager, with what became of them
 * @param orphans containers that are lost while their data is there: the next start of the bot
 *     takes the data up again
 */
public record ReconcileReport(Map<BotId, Outcome> sandboxes, List<String> orphans) {

  public ReconcileReport {
    sandboxes = Map.copyOf(sandboxes);
    orphans = List.copyOf(orphans);
  }

  /** What became of a sandbox. */
  public enum Outcome {
    /** It runs and answers. */
    ADOPTED,
    /** It does not run; the next start goes on with its data. */
    STOPPED,
    /** It ran but could not be reached, and was stopped. */
    REPAIRED,
    /** The engine refused; the log says why. */
    FAILED
  }
}

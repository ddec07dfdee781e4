package dev.warren.examples.botservice;

/**
 * What a bot gets for its script.
 *
 * @param text what the script printed, or a sentence for the bot's user
 */
public record Answer(Outcome outcome, String text) {

  /** How it went. */
  public enum Outcome {
    DONE,
    /** The script itself failed: the bot can mend it. */
    SCRIPT_FAILED,
    TOO_SLOW,
    /** The bot has used up its runs for now. */
    REFUSED,
    /** Not the bot's fault. */
    TRY_LATER
  }
}

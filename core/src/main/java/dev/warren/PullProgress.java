package dev.warren;

/**
 * One step of a pull.
 *
 * @param item what it is about: the image's name, or the short digest of a layer
 * @param phase of the item
 * @param doneBytes transferred so far; 0 where it has no meaning
 * @param totalBytes 0 when not known
 */
public record PullProgress(String item, Phase phase, long doneBytes, long totalBytes) {

  /** The phases of an item, in their order; an item may skip some. */
  public enum Phase {
    RESOLVING,
    DOWNLOADING,
    DOWNLOADED,
    /** It was here already. */
    EXISTS,
    UNPACKING,
    DONE
  }
}

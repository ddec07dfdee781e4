package dev.warren;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to write a file.
 *
 * @param mode permission bits; empty: 0644 for a new file, and an existing one keeps its own
 * @param createParents whether missing directories are made
 * @param expectedRevision write only if the file still has this {@link FileInfo#revision()}
 * @param mustNotExist write only if nothing is there
 */
public record WriteOptions(
    OptionalInt mode,
    boolean createParents,
    Optional<String> expectedRevision,
    boolean mustNotExist) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public WriteOptions {
    if (mode.isPresent() && (mode.getAsInt() & ~07777) != 0) {
      throw SandboxException.invalid(
          "check write options", "mode", "it has bits beyond 07777: " + mode.getAsInt());
    }
    if (mustNotExist && expectedRevision.isPresent()) {
      throw SandboxException.invalid(
          "check write options", "", "a file that must not exist has no revision");
    }
  }

  /** Makes parents, replaces what is there. */
  public static WriteOptions defaults() {
    return new WriteOptions(OptionalInt.empty(), true, Optional.empty(), false);
  }

  public WriteOptions withMode(int value) {
    return new WriteOptions(OptionalInt.of(value), createParents, expectedRevision, mustNotExist);
  }

  public WriteOptions withoutParents() {
    return new WriteOptions(mode, false, expectedRevision, mustNotExist);
  }

  public WriteOptions ifRevision(String value) {
    return new WriteOptions(mode, createParents, Optional.of(value), mustNotExist);
  }

  public WriteOptions ifAbsent() {
    return new WriteOptions(mode, createParents, expectedRevision, true);
  }
}

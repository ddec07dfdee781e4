package dev.warren;

/**
 * How to unpack an archive.
 *
 * @param replace afterwards the directory holds the archive and nothing else, and on failure it is
 *     as it was; otherwise entries are merged over what is there, one by one
 * @param maxContentBytes bound for all files together, unpacked
 * @param maxEntries bound for the number of entries
 */
public record ImportOptions(boolean replace, long maxContentBytes, long maxEntries) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ImportOptions {
    if (maxContentBytes < 1 || maxEntries < 1) {
      throw SandboxException.invalid("check import options", "", "the bounds must be positive");
    }
  }

  /** Merges; 16 GiB and 1,000,000 entries. */
  public static ImportOptions merge() {
    return new ImportOptions(false, 16L << 30, 1_000_000);
  }

  /** Replaces; 16 GiB and 1,000,000 entries. */
  public static ImportOptions replacing() {
    return new ImportOptions(true, 16L << 30, 1_000_000);
  }
}

package dev.warren;

/**
 * What to list.
 *
 * @param recursive whether directories are descended into; links never are
 * @param pageSize 1 to 10,000
 * @param cursor {@link ListPage#nextCursor()} of the page before; empty for the first
 * @param collapseThreshold a directory with more entries is not expanded; 0: all are
 */
public record ListRequest(
    String path, boolean recursive, int pageSize, String cursor, int collapseThreshold) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public ListRequest {
    if (pageSize < 1 || pageSize > 10_000 || collapseThreshold < 0) {
      throw SandboxException.invalid(
          "check list request", path, "pageSize is 1 to 10,000, collapseThreshold not negative");
    }
  }

  /** One level, 1,000 entries a page. */
  public static ListRequest of(String path) {
    return new ListRequest(path, false, 1000, "", 0);
  }

  public ListRequest recursively() {
    return new ListRequest(path, true, pageSize, cursor, collapseThreshold);
  }

  public ListRequest pageSize(int value) {
    return new ListRequest(path, recursive, value, cursor, collapseThreshold);
  }

  public ListRequest after(String value) {
    return new ListRequest(path, recursive, pageSize, value, collapseThreshold);
  }

  /**
   * Leaves directories with more entries closed, and tells their number instead, see {@link
   * FileInfo#collapsedEntries}; 0 opens all.
   */
  public ListRequest collapseOver(int entries) {
    return new ListRequest(path, recursive, pageSize, cursor, entries);
  }
}

package dev.warren;

/**
 * Which lines to read, and how much of them.
 *
 * @param firstLine from 1
 * @param maxLines at most 1,000,000
 * @param maxBytes of the content
 * @param maxLineChars longer lines are cut
 */
public record LineRange(long firstLine, int maxLines, int maxBytes, int maxLineChars) {

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public LineRange {
    if (firstLine < 1) {
      throw SandboxException.invalid("check line range", "firstLine", "lines count from 1");
    }
    if (maxLines < 1 || maxLines > 1_000_000 || maxBytes < 1 || maxLineChars < 1) {
      throw SandboxException.invalid(
          "check line range", "limits", "they must be positive, and maxLines at most 1,000,000");
    }
  }

  /** The first 2,000 lines, 64 KiB, 2,000 characters a line. */
  public static LineRange defaults() {
    return new LineRange(1, 2000, 64 << 10, 2000);
  }

  public LineRange from(long line) {
    return new LineRange(line, maxLines, maxBytes, maxLineChars);
  }

  public LineRange lines(int count) {
    return new LineRange(firstLine, count, maxBytes, maxLineChars);
  }
}

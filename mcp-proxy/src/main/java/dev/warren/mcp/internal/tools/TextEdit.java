package dev.warren.mcp.internal.tools;

import dev.warren.mcp.internal.tools.ComparableText.Tolerance;

/**
 * Finds a passage in a text and replaces it. Only the characters of the passage change: where it
 * was found with tolerance, all around it stays as it was.
 */
final class TextEdit {
  private TextEdit() {}

  /**
   * @param name of the file, for the failure
   * @return the whole text with the passage replaced
   */
  static String replaceOnce(String name, String text, String oldText, String newText)
      throws ToolFailure {
    for (Tolerance tolerance : Tolerance.values()) {
      ComparableText haystack = ComparableText.of(text, tolerance);
      String needle = ComparableText.of(oldText, tolerance).comparable();
      if (needle.isEmpty()) {
        throw new ToolFailure("old_text has nothing but blanks to look for in " + name);
      }
      int first = haystack.comparable().indexOf(needle);
      if (first >= 0) {
        requireUnique(name, haystack.comparable(), needle, first);
        int start = haystack.start(first);
        int end = haystack.end(first + needle.length() - 1);
        return replace(name, text, start, end, newText);
      }
    }
    throw new ToolFailure(
        "could not find the exact text in " + name + "; read the file and copy the passage");
  }

  private static void requireUnique(String name, String text, String needle, int first)
      throws ToolFailure {
    int count = 1;
    for (int at = text.indexOf(needle, first + 1); at >= 0; at = text.indexOf(needle, at + 1)) {
      count++;
    }
    if (count > 1) {
      throw new ToolFailure(
          "found "
              + count
              + " occurrences in "
              + name
              + "; the text must be unique, so give more of what is around it");
    }
  }

  private static String replace(String name, String text, int start, int end, String newText)
      throws ToolFailure {
    String unixNewText = newText.replace("\r\n", "\n");
    String fitting = usesCrLf(text) ? unixNewText.replace("\n", "\r\n") : unixNewText;
    if (text.substring(start, end).equals(fitting)) {
      throw new ToolFailure("no changes made to " + name + ": old and new text are the same");
    }
    return text.substring(0, start) + fitting + text.substring(end);
  }

  /** The first line end decides; without one it is LF. */
  private static boolean usesCrLf(String text) {
    int lineFeed = text.indexOf('\n');
    return lineFeed > 0 && text.charAt(lineFeed - 1) == '\r';
  }
}

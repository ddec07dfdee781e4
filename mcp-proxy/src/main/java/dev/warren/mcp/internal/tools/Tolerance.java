package dev.warren.mcp.internal.tools;

/** Which differences do not count, from the strictest on. */
enum Tolerance {
  /** CRLF and LF are the same, and so is a byte order mark and none. */
  LINE_ENDS,
  /** Also blanks at line ends, typographic quotes and dashes, and the many kinds of spaces. */
  TYPOGRAPHY;

  /** The character that stands for others of its kind. */
  char plain(char c) {
    if (this == LINE_ENDS) {
      return c;
    }
    if (c >= '\u2018' && c <= '\u201B') {
      return '\'';
    }
    if (c >= '\u201C' && c <= '\u201F') {
      return '"';
    }
    if ((c >= '\u2010' && c <= '\u2015') || c == '\u2212') {
      return '-';
    }
    boolean space =
        c == '\u00A0'
            || (c >= '\u2002' && c <= '\u200A')
            || c == '\u202F'
            || c == '\u205F'
            || c == '\u3000';
    return space ? ' ' : c;
  }

  boolean dropsTrailingBlanks() {
    return this == TYPOGRAPHY;
  }
}

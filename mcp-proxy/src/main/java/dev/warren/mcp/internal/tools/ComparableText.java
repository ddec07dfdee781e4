package dev.warren.mcp.internal.tools;

/** A text in the form in which it is compared, which knows where each character came from. */
final class ComparableText {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

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

  private final String comparable;
  private final int[] starts;
  private final int[] ends;

  private ComparableText(String comparable, int[] starts, int[] ends) {
    this.comparable = comparable;
    this.starts = starts;
    this.ends = ends;
  }

  static ComparableText of(String text, Tolerance tolerance) {
    StringBuilder form = new StringBuilder(text.length());
    int[] starts = new int[text.length()];
    int[] ends = new int[text.length()];
    int first = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? 1 : 0;
    int lineStart = 0;
    for (int i = first; i < text.length(); i++) {
      char c = tolerance.plain(text.charAt(i));
      if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
        continue;
      }
      if (c == '\n') {
        trimLine(form, lineStart, tolerance);
        lineStart = form.length() + 1;
      }
      boolean crLf = c == '\n' && i > first && text.charAt(i - 1) == '\r';
      starts[form.length()] = crLf ? i - 1 : i;
      ends[form.length()] = i + 1;
      form.append(c);
    }
    trimLine(form, lineStart, tolerance);
    return new ComparableText(form.toString(), starts, ends);
  }

  private static void trimLine(StringBuilder form, int lineStart, Tolerance tolerance) {
    int end = form.length();
    while (tolerance.dropsTrailingBlanks() && end > lineStart && isBlank(form.charAt(end - 1))) {
      end--;
    }
    form.setLength(end);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  String comparable() {
    return comparable;
  }

  /** Where the character at this index of the form begins in the text. */
  int start(int index) {
    return starts[index];
  }

  /** Where the character at this index of the form ends in the text. */
  int end(int index) {
    return ends[index];
  }
}

package dev.warren.mcp.internal.tools;

import java.nio.charset.StandardCharsets;

/** Keeps what a model gets of a command's output small: the beginning and the end of it. */
final class OutputPruning {
  private static final int MAX_BYTES = 10 << 10;
  private static final int MAX_LINES = 250;
  private static final int HEAD_BYTES = 4 << 10;
  private static final int HEAD_LINES = 150;
  private static final int TAIL_BYTES = 1 << 10;
  private static final int TAIL_LINES = 50;

  private OutputPruning() {}

  /**
   * @param label what the text is, such as {@code stdout}
   * @param bytes how long it was before anything was cut
   */
  static String prune(String label, String text, long bytes) {
    long lines = text.chars().filter(c -> c == '\n').count();
    if (bytes <= MAX_BYTES && lines <= MAX_LINES) {
      return text;
    }
    return "[pruned] "
        + label
        + " too long (bytes="
        + bytes
        + ", lines="
        + lines
        + "), showing head and tail\n"
        + head(text)
        + "\n[...snip...]\n"
        + tail(text);
  }

  private static String head(String text) {
    int end = 0;
    int bytes = 0;
    int lines = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      bytes += utf8Length(character);
      if (bytes > HEAD_BYTES || (character == '\n' && ++lines == HEAD_LINES)) {
        break;
      }
      end += Character.charCount(character);
    }
    return text.substring(0, end);
  }

  private static String tail(String text) {
    int start = text.length();
    int bytes = 0;
    int lines = 0;
    while (start > 0) {
      int character = text.codePointBefore(start);
      bytes += utf8Length(character);
      boolean ofLastLine = start == text.length();
      if (bytes > TAIL_BYTES || (character == '\n' && !ofLastLine && ++lines == TAIL_LINES)) {
        break;
      }
      start -= Character.charCount(character);
    }
    return text.substring(start);
  }

  private static int utf8Length(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8).length;
  }
}

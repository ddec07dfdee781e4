package dev.warren.containerd.internal.lifecycle;

/**
 * Writes containerd filters for labels. Their strings are Go's, in double quotes; only quotes and
 * backslashes need care, and what is no printable ASCII is written as a code.
 */
final class LabelFilter {
  private LabelFilter() {}

  static String has(String key) {
    return "labels." + quote(key);
  }

  static String is(String key, String value) {
    return has(key) + "==" + quote(value);
  }

  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              if (point == '"' || point == '\\') {
                quoted.append('\\').appendCodePoint(point);
              } else if (point >= 0x20 && point < 0x7F) {
                quoted.appendCodePoint(point);
              } else {
                quoted.append(String.format("\\U%08x", point));
              }
            });
    return quoted.append('"').toString();
  }
}

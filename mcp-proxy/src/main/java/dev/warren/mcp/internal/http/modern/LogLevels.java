package dev.warren.mcp.internal.http.modern;

import java.util.List;

/** The order of log levels. */
final class LogLevels {
  private static final List<String> ORDER =
      List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

  private LogLevels() {}

  /** The rank; that of an unknown level is above all. */
  static int of(String level) {
    int rank = ORDER.indexOf(level);
    return rank < 0 ? ORDER.size() : rank;
  }
}

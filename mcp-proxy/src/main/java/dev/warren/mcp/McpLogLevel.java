package dev.warren.mcp;

import java.util.Locale;
import java.util.Optional;

/** How much a server's log message matters, as in RFC 5424; least first. */
public enum McpLogLevel {
  DEBUG,
  INFO,
  NOTICE,
  WARNING,
  ERROR,
  CRITICAL,
  ALERT,
  EMERGENCY;

  /** The level of that name on the wire. */
  public static Optional<McpLogLevel> of(String text) {
    for (McpLogLevel level : values()) {
      if (level.toString().equals(text)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  /** The name on the wire, such as {@code warning}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

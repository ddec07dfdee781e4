package dev.warren;

import java.util.regex.Pattern;

/**
 * The tenant: every bot has at most one sandbox.
 *
 * <p>1 to 63 ASCII letters and digits, with single {@code -} or {@code _} between them. That is
 * what every engine accepts inside a container's name.
 */
public record BotId(String value) {
  private static final int MAX_LENGTH = 63;
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*");

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public BotId {
    if (value.length() > MAX_LENGTH) {
      throw SandboxException.invalid(
          "check bot id",
          value.substring(0, 16) + "…",
          "it has " + value.length() + " characters, at most " + MAX_LENGTH + " are allowed");
    }
    if (!VALID.matcher(value).matches()) {
      throw SandboxException.invalid(
          "check bot id",
          "'" + printable(value) + "'",
          "use ASCII letters and digits, with single '-' or '_' between them");
    }
  }

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static BotId of(String value) {
    return new BotId(value);
  }

  private static String printable(String value) {
    return value.replaceAll("\\p{Cntrl}", "?");
  }

  @Override
  public String toString() {
    return value;
  }
}

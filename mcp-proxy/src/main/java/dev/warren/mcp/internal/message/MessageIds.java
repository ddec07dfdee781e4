package dev.warren.mcp.internal.message;

import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.JsonBytes.Range;
import java.math.BigDecimal;

/** Compares ids: 1, 1.0 and 1e0 are the same number, "1" is not one. */
public final class MessageIds {
  private static final int LONGEST_NUMBER = 100;
  private static final int SURELY_LONG = 18;

  private MessageIds() {}

  /** The value of a token that is a whole number above zero; 0 for any other token. */
  public static long number(byte[] bytes, Range token) {
    long value = 0;
    if (token.length() > SURELY_LONG) {
      return slowNumber(bytes, token);
    }
    for (int i = token.start(); i < token.end(); i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return slowNumber(bytes, token);
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /** What is equal for tokens that mean the same id. */
  public static Object key(String token) {
    if (token.startsWith("\"")) {
      return token.indexOf('\\') < 0 ? token : JsonBytes.quote((String) Json.parse(token).toJava());
    }
    try {
      return token.length() > LONGEST_NUMBER ? token : new BigDecimal(token).stripTrailingZeros();
    } catch (NumberFormatException e) {
      return token;
    }
  }

  private static long slowNumber(byte[] bytes, Range token) {
    int first = bytes[token.start()];
    if (token.length() > LONGEST_NUMBER || first < '0' || first > '9') {
      return 0;
    }
    try {
      return Math.max(0, new BigDecimal(JsonBytes.text(bytes, token)).longValueExact());
    } catch (ArithmeticException | NumberFormatException e) {
      return 0;
    }
  }
}

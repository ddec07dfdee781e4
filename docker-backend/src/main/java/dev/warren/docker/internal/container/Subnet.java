package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An IPv4 subnet. */
public record Subnet(int address, int length) {
  private static final Pattern TEXT = Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3})/(\\d{1,2})");
  private static final int SHORTEST = 8;
  private static final int LONGEST = 26;

  /**
   * Reads it.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static Subnet parse(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw invalid(text);
    }
    long address = 0;
    for (String octet : parts.group(1).split("\\.", -1)) {
      int value = Integer.parseInt(octet);
      if (value > 255) {
        throw invalid(text);
      }
      address = (address << 8) | value;
    }
    int length = Integer.parseInt(parts.group(2));
    if (length < SHORTEST || length > LONGEST || (address & (0xFFFF_FFFFL >>> length)) != 0) {
      throw invalid(text);
    }
    return new Subnet((int) address, length);
  }

  /**
   * One of equal parts.
   *
   * @param parts a power of two
   * @param index from 0
   */
  String part(int parts, int index) {
    int longer = length + Integer.numberOfTrailingZeros(parts);
    return dotted(address + (index << (32 - longer))) + "/" + longer;
  }

  /** The last address of a part that a host can have. */
  String lastOf(int parts, int index) {
    int longer = length + Integer.numberOfTrailingZeros(parts);
    return dotted(address + ((index + 1) << (32 - longer)) - 2);
  }

  private static String dotted(int value) {
    return (value >>> 24)
        + "."
        + ((value >>> 16) & 255)
        + "."
        + ((value >>> 8) & 255)
        + "."
        + (value & 255);
  }

  @Override
  public String toString() {
    return dotted(address) + "/" + length;
  }

  private static SandboxException invalid(String text) {
    return SandboxException.invalid(
        "open runtime", "'" + text + "'", "it is no IPv4 subnet of /8 to /26, with zero host bits");
  }
}

package dev.warren.mcp;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The revisions of the protocol that this library speaks, oldest first. */
public enum McpRevision {
  V2024_11_05("2024-11-05", McpEra.LEGACY),
  /** The only one with batches of messages. */
  V2025_03_26("2025-03-26", McpEra.LEGACY),
  V2025_06_18("2025-06-18", McpEra.LEGACY),
  V2025_11_25("2025-11-25", McpEra.LEGACY),
  V2026_07_28("2026-07-28", McpEra.MODERN);

  private final String text;
  private final McpEra era;

  McpRevision(String text, McpEra era) {
    this.text = text;
    this.era = era;
  }

  /** The revision of that name, if this library speaks it. */
  public static Optional<McpRevision> of(String text) {
    return Arrays.stream(values()).filter(item -> item.text.equals(text)).findFirst();
  }

  /** The newest revision of a family. */
  public static McpRevision newest(McpEra era) {
    return era == McpEra.LEGACY ? V2025_11_25 : V2026_07_28;
  }

  /** All revisions of a family, oldest first. */
  public static List<McpRevision> of(McpEra era) {
    return Arrays.stream(values()).filter(item -> item.era == era).toList();
  }

  public McpEra era() {
    return era;
  }

  /** The name on the wire, such as {@code 2025-11-25}. */
  @Override
  public String toString() {
    return text;
  }
}

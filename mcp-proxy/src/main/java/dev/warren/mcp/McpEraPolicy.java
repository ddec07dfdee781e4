package dev.warren.mcp;

/** How a session decides which {@linkplain McpEra family} of revisions to speak with a server. */
public enum McpEraPolicy {
  /**
   * Asks with {@code server/discover}, and falls back to a handshake when the server does not know
   * that method, does not answer in time, or ends because of it; in the last case a new process is
   * started and not asked.
   */
  DETECT,
  /** Goes straight to the handshake. */
  LEGACY_ONLY,
  /** Never makes a handshake; a server of the older family is an error. */
  MODERN_ONLY
}

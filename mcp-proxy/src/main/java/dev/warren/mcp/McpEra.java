package dev.warren.mcp;

/** The two families of the protocol. */
public enum McpEra {
  /** 2024-11-05 to 2025-11-25: a handshake, then a session with state in the server's process. */
  LEGACY,
  /** From 2026-07-28: no handshake; every request says its version and the client's abilities. */
  MODERN;

  /** How a session finds out which family its server belongs to. */
  public enum Mode {
    /**
     * Asks with {@code server/discover}, and goes on with a handshake when the server does not know
     * it, does not answer in time, or ends because of it; in that last case a new process is
     * started, which is never asked.
     */
    AUTO,
    /** Goes straight to the handshake. */
    LEGACY,
    /** Never makes a handshake; a server of the older family is an error. */
    MODERN
  }
}

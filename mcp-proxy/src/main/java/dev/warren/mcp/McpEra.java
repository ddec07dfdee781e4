package dev.warren.mcp;

/** The two families of protocol revisions, which differ in how a conversation begins. */
public enum McpEra {
  /** 2024-11-05 to 2025-11-25: a handshake, then a session whose state the server keeps. */
  LEGACY,
  /**
   * From 2026-07-28: no handshake; every request states its revision and the client's abilities.
   */
  MODERN
}

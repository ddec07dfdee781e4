package dev.warren.mcp.internal.http.exchange;

/** Headers that MCP adds to HTTP. */
public final class McpHeaders {
  public static final String SESSION = "Mcp-Session-Id";
  public static final String VERSION = "MCP-Protocol-Version";

  private McpHeaders() {}
}

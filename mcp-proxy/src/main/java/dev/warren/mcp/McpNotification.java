package dev.warren.mcp;

/**
 * A notification from a server.
 *
 * @param params {@code {}} where there were none
 */
public record McpNotification(String method, Json params) {}

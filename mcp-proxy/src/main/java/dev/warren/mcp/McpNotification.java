package dev.warren.mcp;

/**
 * Something a server tells without being asked.
 *
 * @param params {@code {}} where there were none
 */
public record McpNotification(String method, Json params) {}

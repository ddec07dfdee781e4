package dev.warren.mcp.internal.http.budget;

import dev.warren.mcp.http.McpAccess;

/**
 * Who uses which server.
 *
 * @param principal who asks, as the gate says
 * @param server the name of the server
 */
public record Caller(String principal, String server) {
  public static Caller of(McpAccess.Granted access) {
    return new Caller(access.principal(), access.server());
  }
}

/**
 * MCP over HTTP: lets any MCP client use servers that run in sandboxes, or on the host. Begin with
 * {@link dev.warren.mcp.http.McpGate}, which says who may use which server; build a {@link
 * dev.warren.mcp.http.McpEndpoint} with it; and serve that with {@link
 * dev.warren.mcp.http.McpHttpServer}, or from an HTTP server of your own through {@link
 * dev.warren.mcp.http.McpHttpExchange}.
 */
@NullMarked
package dev.warren.mcp.http;

import org.jspecify.annotations.NullMarked;

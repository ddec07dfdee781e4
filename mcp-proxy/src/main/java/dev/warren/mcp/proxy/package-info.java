/**
 * JSON-RPC text in, JSON-RPC text out, for an application with a route of its own to MCP servers.
 * Begin with {@link dev.warren.mcp.proxy.McpProxy#builder}. MCP's own transport over HTTP is in
 * {@link dev.warren.mcp.http}.
 */
@NullMarked
package dev.warren.mcp.proxy;

import org.jspecify.annotations.NullMarked;

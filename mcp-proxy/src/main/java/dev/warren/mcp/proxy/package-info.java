/**
 * Letting others use MCP servers that run in sandboxes: {@link dev.warren.mcp.proxy.McpEndpoint} is
 * Streamable HTTP, {@link dev.warren.mcp.proxy.McpProxy} takes and returns JSON-RPC text.
 */
@NullMarked
package dev.warren.mcp.proxy;

import org.jspecify.annotations.NullMarked;

/**
 * Talking to MCP servers: {@link dev.warren.mcp.McpSession} is a conversation with one server over
 * a {@link dev.warren.mcp.channel.StdioTransport}.
 *
 * <p>Nothing in here takes or returns {@code null} unless it says so.
 */
@NullMarked
package dev.warren.mcp;

import org.jspecify.annotations.NullMarked;

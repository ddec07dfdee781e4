/**
 * A conversation with one MCP server: its family and handshake, restarts, what the server asks and
 * tells. It knows messages by their methods only; what is in them is read by {@link
 * dev.warren.mcp.McpSession}.
 */
@NullMarked
package dev.warren.mcp.internal.session;

import org.jspecify.annotations.NullMarked;

/** MCP servers that run inside a sandbox. */
@NullMarked
package dev.warren.mcp.channel.sandbox;

import org.jspecify.annotations.NullMarked;

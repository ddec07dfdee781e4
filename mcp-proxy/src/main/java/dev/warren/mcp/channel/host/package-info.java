/** MCP servers that run as processes of this host, without isolation. */
@NullMarked
package dev.warren.mcp.channel.host;

import org.jspecify.annotations.NullMarked;

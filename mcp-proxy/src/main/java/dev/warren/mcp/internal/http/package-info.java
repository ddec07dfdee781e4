/** MCP over HTTP in front of servers on standard streams. Not API. */
@NullMarked
package dev.warren.mcp.internal.http;

import org.jspecify.annotations.NullMarked;

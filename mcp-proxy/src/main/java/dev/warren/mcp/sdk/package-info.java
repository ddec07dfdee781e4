/**
 * The clients of the official MCP Java SDK over Warren's transports. Needs {@code
 * io.modelcontextprotocol.sdk:mcp-core} 2.1 and one of its JSON modules on the class path, which
 * this artifact does not bring along.
 */
@NullMarked
package dev.warren.mcp.sdk;

import org.jspecify.annotations.NullMarked;

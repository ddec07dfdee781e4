/** The tools of a sandbox, and the small MCP server that offers them. */
@NullMarked
package dev.warren.mcp.internal.tools;

import org.jspecify.annotations.NullMarked;

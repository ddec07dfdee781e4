/**
 * MCP servers that run in containers of a containerd inside a Lima virtual machine, as on macOS,
 * reached with {@code limactl}.
 */
@NullMarked
package dev.warren.mcp.channel.lima;

import org.jspecify.annotations.NullMarked;

/** MCP clients against the same echo server. */
package dev.warren.bench.mcp;

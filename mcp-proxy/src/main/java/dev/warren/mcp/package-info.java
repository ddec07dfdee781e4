/**
 * Talking to MCP servers. Begin with {@link dev.warren.mcp.McpSession}: it starts a server, makes
 * the handshake, and calls its tools, resources and prompts.
 *
 * <pre>{@code
 * try (McpSession mcp = McpSession.open(sandbox, "my-mcp-server", "--stdio")) {
 *   for (McpTool tool : mcp.listTools()) {
 *     System.out.println(tool.name());
 *   }
 *   McpToolResult result = mcp.callTool("echo", Map.of("message", "hi"));
 *   System.out.println(result.text());
 * }
 * }</pre>
 *
 * <p>To change timeouts, answer what a server asks, or listen to what it reports, use {@link
 * dev.warren.mcp.McpSession#builder}. A server runs in a sandbox ({@link
 * dev.warren.mcp.channel.sandbox.SandboxStdio}), on this host ({@link
 * dev.warren.mcp.channel.host.HostStdio}) or wherever a {@link
 * dev.warren.mcp.channel.StdioTransport} of your own starts it; {@link dev.warren.mcp.SandboxTools}
 * makes a server of a sandbox itself.
 *
 * <p>Types of the protocol and of the session bear the prefix {@code Mcp}; {@link
 * dev.warren.mcp.Json} is any JSON value. Nothing here takes or returns {@code null} unless it says
 * so.
 */
@NullMarked
package dev.warren.mcp;

import org.jspecify.annotations.NullMarked;

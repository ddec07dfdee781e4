/**
 * The way to a server: a {@link dev.warren.mcp.channel.StdioTransport} starts a process, and a
 * {@link dev.warren.mcp.channel.StdioChannel} carries its standard streams. The packages below hold
 * the ways that come with this library: processes {@linkplain dev.warren.mcp.channel.sandbox in a
 * sandbox}, {@linkplain dev.warren.mcp.channel.host on this host} and {@linkplain
 * dev.warren.mcp.channel.lima in a Lima machine}. Implement the two interfaces to add another.
 */
@NullMarked
package dev.warren.mcp.channel;

import org.jspecify.annotations.NullMarked;

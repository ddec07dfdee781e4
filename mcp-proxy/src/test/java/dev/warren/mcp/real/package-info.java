/** Servers of others in real sandboxes on containerd, with the network off. */
@org.jspecify.annotations.NullMarked
package dev.warren.mcp.real;

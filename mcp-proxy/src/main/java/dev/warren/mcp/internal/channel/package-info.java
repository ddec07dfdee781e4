/** The ways to a server's standard streams. */
@NullMarked
package dev.warren.mcp.internal.channel;

import org.jspecify.annotations.NullMarked;

/** What a client of ours is told when something fails on our side. Not API. */
@NullMarked
package dev.warren.mcp.internal.errors;

import org.jspecify.annotations.NullMarked;

/** Revision 2026-07-28, which is stateless, in front of servers of either family. Not API. */
@NullMarked
package dev.warren.mcp.internal.http.modern;

import org.jspecify.annotations.NullMarked;

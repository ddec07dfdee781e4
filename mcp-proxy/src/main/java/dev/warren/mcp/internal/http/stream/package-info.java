/** Event streams to clients, and what is sent to servers in order. Not API. */
@NullMarked
package dev.warren.mcp.internal.http.stream;

import org.jspecify.annotations.NullMarked;

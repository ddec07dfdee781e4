/** HTTP requests and replies, and the threads they run on. Not API. */
@NullMarked
package dev.warren.mcp.internal.http.exchange;

import org.jspecify.annotations.NullMarked;

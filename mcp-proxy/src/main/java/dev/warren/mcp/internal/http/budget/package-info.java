/** What one endpoint may use: its limits, its times, and the places for processes. Not API. */
@NullMarked
package dev.warren.mcp.internal.http.budget;

import org.jspecify.annotations.NullMarked;

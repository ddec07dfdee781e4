/** What this module tries again. */
@NullMarked
package dev.warren.mcp.internal.retry;

import org.jspecify.annotations.NullMarked;

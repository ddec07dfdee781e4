/** The JSON-RPC entry. Not API. */
@NullMarked
package dev.warren.mcp.internal.proxy;

import org.jspecify.annotations.NullMarked;

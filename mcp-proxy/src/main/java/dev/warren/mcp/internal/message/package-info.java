/**
 * JSON-RPC messages as bytes: {@link dev.warren.mcp.internal.message.Envelope} finds the members of
 * a message and replaces single values; every byte that is not replaced stays as it was sent.
 */
@NullMarked
package dev.warren.mcp.internal.message;

import org.jspecify.annotations.NullMarked;

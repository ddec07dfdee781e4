/** The revisions with a handshake: sessions over HTTP. Not API. */
@NullMarked
package dev.warren.mcp.internal.http.legacy;

import org.jspecify.annotations.NullMarked;

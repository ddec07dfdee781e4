/** A server made of memory for the tests of this module: scripted to the byte, stalled at will. */
@NullMarked
package dev.warren.mcp.testing;

import org.jspecify.annotations.NullMarked;

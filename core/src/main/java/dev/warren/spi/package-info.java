/**
 * What an engine implements: {@link dev.warren.spi.SandboxRuntime} and the values it works with.
 */
@NullMarked
package dev.warren.spi;

import org.jspecify.annotations.NullMarked;

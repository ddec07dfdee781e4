/** Copies of writable layers, as images. */
@NullMarked
package dev.warren.docker.internal.snapshot;

import org.jspecify.annotations.NullMarked;

/** Copies of writable layers. */
@NullMarked
package dev.warren.containerd.internal.snapshot;

import org.jspecify.annotations.NullMarked;

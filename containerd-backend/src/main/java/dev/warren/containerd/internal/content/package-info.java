/** The daemon's content store: what is written to it, read from it and applied from it. */
@NullMarked
package dev.warren.containerd.internal.content;

import org.jspecify.annotations.NullMarked;

/** Containers: records, writable layers, host files. */
@NullMarked
package dev.warren.containerd.internal.container;

import org.jspecify.annotations.NullMarked;

/** The containerd backend: {@link dev.warren.containerd.ContainerdRuntime}. */
@NullMarked
package dev.warren.containerd;

import org.jspecify.annotations.NullMarked;

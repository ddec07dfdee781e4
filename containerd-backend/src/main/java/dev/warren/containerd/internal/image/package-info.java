/** Images in containerd: pulling, unpacking, and reading what is there. */
@NullMarked
package dev.warren.containerd.internal.image;

import org.jspecify.annotations.NullMarked;

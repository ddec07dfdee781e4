/** The files that this host keeps of each container. */
@NullMarked
package dev.warren.containerd.internal.files;

import org.jspecify.annotations.NullMarked;

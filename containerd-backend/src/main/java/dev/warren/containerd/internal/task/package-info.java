/** Tasks: start, stop, output, metrics, pause. */
@NullMarked
package dev.warren.containerd.internal.task;

import org.jspecify.annotations.NullMarked;

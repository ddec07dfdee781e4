/** Containers as callers see them, from their making to their removal. */
@NullMarked
package dev.warren.containerd.internal.lifecycle;

import org.jspecify.annotations.NullMarked;

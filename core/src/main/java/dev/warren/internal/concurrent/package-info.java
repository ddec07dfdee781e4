/** Locks; knows nothing of sandboxes. */
@NullMarked
package dev.warren.internal.concurrent;

import org.jspecify.annotations.NullMarked;

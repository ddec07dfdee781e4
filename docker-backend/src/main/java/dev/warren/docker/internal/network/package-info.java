/** The networks of sandboxes. */
@NullMarked
package dev.warren.docker.internal.network;

import org.jspecify.annotations.NullMarked;

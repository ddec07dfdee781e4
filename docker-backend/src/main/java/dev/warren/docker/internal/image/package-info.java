/** Pulling and keeping images. */
@NullMarked
package dev.warren.docker.internal.image;

import org.jspecify.annotations.NullMarked;

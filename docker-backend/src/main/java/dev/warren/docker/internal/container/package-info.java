/** Containers and what they are made of. */
@NullMarked
package dev.warren.docker.internal.container;

import org.jspecify.annotations.NullMarked;

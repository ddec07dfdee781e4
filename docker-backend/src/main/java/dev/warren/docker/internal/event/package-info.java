/** What the engine tells about containers. */
@NullMarked
package dev.warren.docker.internal.event;

import org.jspecify.annotations.NullMarked;

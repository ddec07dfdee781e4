/**
 * What a container may be given: its command, limits of the host, hidden paths, archives of layers.
 */
@NullMarked
package dev.warren.engine.internal.check;

import org.jspecify.annotations.NullMarked;

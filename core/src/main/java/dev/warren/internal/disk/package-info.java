/** Files of the host. */
@NullMarked
package dev.warren.internal.disk;

import org.jspecify.annotations.NullMarked;

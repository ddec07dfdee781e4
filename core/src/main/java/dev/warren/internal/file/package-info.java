/** Files of the host. */
@NullMarked
package dev.warren.internal.file;

import org.jspecify.annotations.NullMarked;

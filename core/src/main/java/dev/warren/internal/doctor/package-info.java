/** Looks at the host without changing it. */
@NullMarked
package dev.warren.internal.doctor;

import org.jspecify.annotations.NullMarked;

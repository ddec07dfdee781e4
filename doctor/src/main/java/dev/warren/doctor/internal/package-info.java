/** Looks at the host without changing it. */
@NullMarked
package dev.warren.doctor.internal;

import org.jspecify.annotations.NullMarked;

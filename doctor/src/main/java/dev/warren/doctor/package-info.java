/** Looks at a host before you trust it: {@link dev.warren.doctor.HostDoctor} is where to begin. */
@NullMarked
package dev.warren.doctor;

import org.jspecify.annotations.NullMarked;

/** The parts of the manager. */
@NullMarked
package dev.warren.internal.manager;

import org.jspecify.annotations.NullMarked;

/** The threads of backends. */
@NullMarked
package dev.warren.engine.internal.thread;

import org.jspecify.annotations.NullMarked;

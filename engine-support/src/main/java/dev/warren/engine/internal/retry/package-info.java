/** What engines' runtimes try again, how often and with what pauses. */
@NullMarked
package dev.warren.engine.internal.retry;

import org.jspecify.annotations.NullMarked;

/** Pulls that concurrent callers share. */
@NullMarked
package dev.warren.engine.internal.pull;

import org.jspecify.annotations.NullMarked;

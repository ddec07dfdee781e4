/** The engine behind the fake runtime. */
@NullMarked
package dev.warren.testkit.internal.fake;

import org.jspecify.annotations.NullMarked;

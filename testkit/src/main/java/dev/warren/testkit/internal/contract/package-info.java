/** The cases of the runtime contract, one class for each group. */
@NullMarked
package dev.warren.testkit.internal.contract;

import org.jspecify.annotations.NullMarked;

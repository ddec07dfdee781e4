/** Fakes, the contract of runtimes, and what tests of sandboxes need. */
@NullMarked
package dev.warren.testkit;

import org.jspecify.annotations.NullMarked;

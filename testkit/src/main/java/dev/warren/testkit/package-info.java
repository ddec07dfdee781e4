/**
 * For tests: a sandbox runtime without containers, the contract that every runtime passes, and a
 * JUnit extension.
 */
@NullMarked
package dev.warren.testkit;

import org.jspecify.annotations.NullMarked;

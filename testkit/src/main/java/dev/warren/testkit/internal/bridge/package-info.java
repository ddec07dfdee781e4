/** The bridge in this JVM. The only package of the testkit that sees the generated stubs. */
@NullMarked
package dev.warren.testkit.internal.bridge;

import org.jspecify.annotations.NullMarked;

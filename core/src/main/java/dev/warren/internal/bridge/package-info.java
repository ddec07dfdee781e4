/** The client of the bridge; the only package that sees grpc and the generated stubs. */
@NullMarked
package dev.warren.internal.bridge;

import org.jspecify.annotations.NullMarked;

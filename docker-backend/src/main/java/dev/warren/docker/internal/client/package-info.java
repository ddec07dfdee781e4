/** The connection to the engine, its versions and its errors. */
@NullMarked
package dev.warren.docker.internal.client;

import org.jspecify.annotations.NullMarked;

/** Connections to bridges: the program, the channel, the greeting, the calls and their errors. */
@NullMarked
package dev.warren.internal.connection;

import org.jspecify.annotations.NullMarked;

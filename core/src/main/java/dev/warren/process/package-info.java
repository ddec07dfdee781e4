/** The embedded runtime: the bridge as a process of the host, without isolation. */
@NullMarked
package dev.warren.process;

import org.jspecify.annotations.NullMarked;

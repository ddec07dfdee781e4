/** What the daemon reports. */
@NullMarked
package dev.warren.containerd.internal.event;

import org.jspecify.annotations.NullMarked;

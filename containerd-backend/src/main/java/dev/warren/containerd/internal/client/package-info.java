/** The connection to a containerd daemon: channel, stubs, deadlines, errors and leases. */
@NullMarked
package dev.warren.containerd.internal.client;

import org.jspecify.annotations.NullMarked;

/** Network attachments by CNI plugins. */
@NullMarked
package dev.warren.containerd.internal.network;

import org.jspecify.annotations.NullMarked;

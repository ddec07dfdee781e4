/** Builds the OCI specification of a container. */
@NullMarked
package dev.warren.containerd.internal.oci;

import org.jspecify.annotations.NullMarked;

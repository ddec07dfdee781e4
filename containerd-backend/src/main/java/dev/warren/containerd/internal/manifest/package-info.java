/** What an image is made of, as its documents say: indexes, manifests, configurations, digests. */
@NullMarked
package dev.warren.containerd.internal.manifest;

import org.jspecify.annotations.NullMarked;

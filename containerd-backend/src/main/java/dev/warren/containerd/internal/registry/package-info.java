/** The distribution protocol: manifests and blobs over HTTP, with logins, mirrors and retries. */
@NullMarked
package dev.warren.containerd.internal.registry;

import org.jspecify.annotations.NullMarked;

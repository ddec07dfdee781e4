package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.containerd.internal.manifest.ImageConfig;

/**
 * A local image, unpacked for the snapshotter, with all that a container needs to know of it.
 *
 * @param ref the name it is stored under
 * @param targetDigest what the name points to: an index or a manifest
 * @param manifestDigest of the manifest for this host
 * @param chainId the snapshot to put a writable layer on; empty for an image without layers
 * @param config what it says about its processes
 * @param sizeBytes of its compressed content
 */
public record ResolvedImage(
    ImageRef ref,
    String targetDigest,
    String manifestDigest,
    String chainId,
    ImageConfig config,
    long sizeBytes) {}

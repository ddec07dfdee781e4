package dev.warren.spi;

import dev.warren.ImageRef;

/**
 * A local image.
 *
 * @param ref the name it is stored under
 * @param digest of the manifest or index that the name points to
 * @param sizeBytes of its compressed content, or what the engine gives for it
 */
public record Image(ImageRef ref, String digest, long sizeBytes) {}

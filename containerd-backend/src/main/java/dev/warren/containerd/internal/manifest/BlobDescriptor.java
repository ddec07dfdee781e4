package dev.warren.containerd.internal.manifest;

import java.util.Optional;

/**
 * A reference to a blob from a document that is already trusted.
 *
 * @param mediaType of the blob
 * @param digest {@code sha256:…}
 * @param size in bytes
 * @param platform that an index gives
 */
public record BlobDescriptor(
    String mediaType, String digest, long size, Optional<Platform> platform) {

  public static BlobDescriptor of(String mediaType, String digest, long size) {
    return new BlobDescriptor(mediaType, digest, size, Optional.empty());
  }
}

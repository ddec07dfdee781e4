package dev.warren.containerd.internal.registry;

import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ManifestDocument;

/** A document from a registry, checked against its digest. Immutable by agreement. */
public final class FetchedManifest {
  private final BlobDescriptor descriptor;
  private final byte[] bytes;
  private final ManifestDocument document;

  FetchedManifest(BlobDescriptor descriptor, byte[] bytes, ManifestDocument document) {
    this.descriptor = descriptor;
    this.bytes = bytes;
    this.document = document;
  }

  public BlobDescriptor descriptor() {
    return descriptor;
  }

  /** Exactly what was sent; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public ManifestDocument document() {
    return document;
  }
}

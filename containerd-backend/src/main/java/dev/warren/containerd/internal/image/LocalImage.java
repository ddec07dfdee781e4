package dev.warren.containerd.internal.image;

import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import java.util.List;

/**
 * The documents of a local image for this host, as far as they are in the content store.
 *
 * @param manifestDigest of its manifest
 * @param manifest its parts
 * @param config its configuration
 * @param sizeBytes of the documents and layers together
 */
record LocalImage(
    String manifestDigest, ManifestDocument.Image manifest, ImageConfig config, long sizeBytes) {

  /** The snapshot of all its layers; empty where it has none. */
  String topChainId() {
    List<String> chain = config.chainIds();
    return chain.isEmpty() ? "" : chain.get(chain.size() - 1);
  }
}

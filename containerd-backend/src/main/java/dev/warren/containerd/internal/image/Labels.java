package dev.warren.containerd.internal.image;

import dev.warren.ImageRef;
import dev.warren.containerd.internal.content.ContentStore;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.containerd.internal.manifest.ManifestDocument;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The labels that tell the daemon's collector what refers to what, and the daemon where content
 * came from. Without them an image's parts go as soon as the lease ends.
 */
final class Labels {
  private static final String CONTENT = "containerd.io/gc.ref.content.";
  private static final String SNAPSHOT = "containerd.io/gc.ref.snapshot.";

  private Labels() {}

  /** On a configuration: its topmost snapshot. */
  static String snapshot(String snapshotter) {
    return SNAPSHOT + snapshotter;
  }

  static Map<String, String> source(ImageRef ref) {
    return Map.of(ContentStore.SOURCE + ref.registry(), ref.repository());
  }

  static Map<String, String> ofManifest(ImageRef ref, ManifestDocument.Image manifest) {
    Map<String, String> labels = new LinkedHashMap<>(source(ref));
    labels.put(CONTENT + "config", manifest.config().digest());
    for (int i = 0; i < manifest.layers().size(); i++) {
      labels.put(CONTENT + "l." + i, manifest.layers().get(i).digest());
    }
    return labels;
  }

  static Map<String, String> ofIndex(
      ImageRef ref, ManifestDocument.Index index, BlobDescriptor chosen) {
    Map<String, String> labels = new LinkedHashMap<>(source(ref));
    labels.put(CONTENT + "m." + index.manifests().indexOf(chosen), chosen.digest());
    return labels;
  }

  static Map<String, String> ofConfig(ImageRef ref, String snapshotter, String topChainId) {
    Map<String, String> labels = new LinkedHashMap<>(source(ref));
    if (!topChainId.isEmpty()) {
      labels.put(snapshot(snapshotter), topChainId);
    }
    return labels;
  }
}

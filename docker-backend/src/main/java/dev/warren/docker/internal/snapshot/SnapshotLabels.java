package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.ImageTable;
import java.util.Map;
import java.util.TreeMap;

/** What images of this package carry beside the labels of the image that they are based on. */
final class SnapshotLabels {
  /** The name of a snapshot. */
  static final String NAME = Ownership.PREFIX + "snapshot";

  /** The container a snapshot was made from. */
  static final String CONTAINER = Ownership.PREFIX + "snapshot.container";

  /** When; the engine lists whole seconds only. */
  static final String CREATED = Ownership.PREFIX + "snapshot.created";

  /** The id of the snapshot's image that lies below. */
  static final String BASED_ON = Ownership.PREFIX + "based-on";

  /** How many layers belong to the image that a bot's container was first made from. */
  static final String IMAGE_LAYERS = Ownership.PREFIX + "image-layers";

  private SnapshotLabels() {}

  /** How many of an image's layers are those of the image that its user knows. */
  static int imageLayers(JsonNode base) {
    String count = all(base).get(IMAGE_LAYERS);
    int all = ImageTable.layers(base).size();
    return count != null && count.matches("\\d{1,4}")
        ? Math.min(Integer.parseInt(count), all)
        : all;
  }

  /** The labels of an image that its owner makes on top of another: without those of a backend. */
  static Map<String, String> above(JsonNode base, Ownership owner) {
    Map<String, String> own = all(base);
    Map<String, String> labels = new TreeMap<>(Ownership.visible(own));
    labels.put(Ownership.OWNER, owner.name());
    labels.put(IMAGE_LAYERS, Integer.toString(imageLayers(base)));
    if (own.containsKey(NAME)) {
      labels.put(BASED_ON, base.path("Id").asText());
    } else if (own.containsKey(BASED_ON)) {
      labels.put(BASED_ON, own.get(BASED_ON));
    }
    return labels;
  }

  static Map<String, String> all(JsonNode image) {
    Map<String, String> labels = new TreeMap<>();
    image
        .path("Config")
        .path("Labels")
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }
}

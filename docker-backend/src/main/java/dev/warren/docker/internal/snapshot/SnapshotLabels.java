package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.docker.internal.container.Ownership;
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

  /** The container an image without a name was made for; it goes when that needs it no more. */
  static final String TEMPORARY = Ownership.PREFIX + "temporary";

  private SnapshotLabels() {}

  /** Those of an image, without the backend's. */
  static Map<String, String> inherited(JsonNode image) {
    return Ownership.visible(all(image));
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

package dev.warren.spi;

import java.time.Instant;
import java.util.Map;

/**
 * A container as the engine knows it.
 *
 * @param image the name it was made from, as the engine stores it; may be no valid reference for
 *     containers made by others
 */
public record ContainerInfo(String id, String image, Map<String, String> labels, Instant created) {

  public ContainerInfo {
    labels = Map.copyOf(labels);
  }
}

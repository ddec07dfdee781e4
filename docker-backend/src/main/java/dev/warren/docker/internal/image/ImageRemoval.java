package dev.warren.docker.internal.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.ImageRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes names away. The engine refuses that for the last name of an image that a container needs,
 * and when it is forced, it takes the image away under the container. So such an image gets a name
 * of ours first, which goes with the next removal that finds it unused. Thread-safe.
 */
final class ImageRemoval {
  private static final String DELETE = "delete image";

  private final ImageTable table;
  private final PulledDigests digests;

  ImageRemoval(ImageTable table, PulledDigests digests) {
    this.table = table;
    this.digests = digests;
  }

  void remove(ImageRef ref) {
    removeUnused();
    String subject = ref.toString();
    for (ImageRef place : ref.digest().isPresent() ? digests.places(ref) : List.of(ref)) {
      Optional<JsonNode> image = table.inspect(DELETE, subject, place.toString());
      if (image.isPresent()) {
        String id = image.get().path("Id").asText();
        names(ref, place, image.get()).forEach(name -> remove(subject, id, name));
      }
    }
  }

  /** The name, and what only it brought here from a mirror. */
  private List<String> names(ImageRef ref, ImageRef place, JsonNode image) {
    List<String> names = new ArrayList<>();
    names.add(place.toString());
    boolean otherTag =
        PulledDigests.tags(image).stream()
            .anyMatch(
                tag ->
                    !tag.equals(ref)
                        && PullSource.repository(tag).equals(PullSource.repository(ref)));
    if (ref.digest().isEmpty() && !otherTag) {
      digests.fromMirrors(ref, image).forEach(name -> names.add(name.toString()));
    }
    return names;
  }

  private void remove(String subject, String id, String name) {
    if (!table.remove(DELETE, subject, name)) {
      String tag = id.substring(id.indexOf(':') + 1);
      table.tag(DELETE, id, LocalNames.IN_USE, tag);
      table.remove(DELETE, subject, name);
      // The container may be gone by now.
      table.remove(DELETE, subject, LocalNames.IN_USE + ":" + tag);
    }
  }

  /** Ends what was held for containers that are gone. */
  private void removeUnused() {
    for (JsonNode image :
        table.list(
            DELETE, "?filters=%7B%22reference%22:%5B%22" + LocalNames.IN_USE + "%22%5D%7D")) {
      for (String name : ImageTable.texts(image.path("RepoTags"))) {
        if (name.startsWith(LocalNames.IN_USE + ":")) {
          table.remove(DELETE, name, name);
        }
      }
    }
  }
}

package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.ImageTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images without a name: those on the way to something else, and those that only one container is
 * based on. A label names the container, so that what a killed process left is found by the next
 * operation on it. Thread-safe.
 */
final class WorkImages {
  private static final Logger log = LoggerFactory.getLogger(WorkImages.class);

  private final DockerEngine engine;
  private final ImageTable table;
  private final KeptSnapshots kept;
  private final Ownership owner;

  WorkImages(DockerEngine engine, ImageTable table, KeptSnapshots kept, Ownership owner) {
    this.engine = engine;
    this.table = table;
    this.kept = kept;
    this.owner = owner;
  }

  /** Commits a container for as long as the use takes. */
  <T> T commit(
      String operation, String id, InspectContainerResponse container, Function<JsonNode, T> use) {
    forget(operation, id);
    Map<String, String> labels =
        Map.of(SnapshotLabels.TEMPORARY, id, Ownership.OWNER, owner.name());
    try {
      String image =
          engine.call(
              operation,
              id,
              ImageLoad.LONGEST,
              () ->
                  engine
                      .api()
                      .commitCmd(container.getId())
                      .withLabels(labels)
                      .withPause(false)
                      .exec());
      return use.apply(
          table
              .inspect(operation, id, image)
              .orElseThrow(
                  () ->
                      DockerSnapshots.error(
                              Code.CONFLICT, operation, id, "somebody removed its copy")
                          .build()));
    } finally {
      undisturbed(() -> forget(operation, id));
    }
  }

  /** Removes the images for a container that nothing needs. */
  void forget(String operation, String id) {
    remove(operation, kept.withLabel(operation, SnapshotLabels.TEMPORARY + "=" + id));
  }

  /** The same for all containers that are gone; nobody can be at work for those. */
  void removeUnused(String operation) {
    for (JsonNode image : kept.withLabel(operation, SnapshotLabels.TEMPORARY)) {
      String id = image.path("Labels").path(SnapshotLabels.TEMPORARY).asText();
      if (!exists(operation, id)) {
        remove(operation, List.of(image));
      }
    }
  }

  private boolean exists(String operation, String id) {
    try {
      engine.get(operation, id, "/containers/" + ContainerLookup.nameOf(id) + "/json");
      return true;
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void remove(String operation, List<JsonNode> images) {
    for (JsonNode image : images) {
      // One with a name is a snapshot of a container that was based on such an image.
      boolean named =
          ImageTable.texts(image.path("RepoTags")).stream()
              .anyMatch(tag -> !tag.contains("<none>"));
      String id = image.path("Id").asText();
      if (!named && !table.remove(operation, id, id)) {
        log.debug("the image {} is still in use", id);
      }
    }
  }

  /** The image that a container was made from. */
  JsonNode baseOf(String operation, String id, InspectContainerResponse container) {
    return table
        .inspect(operation, id, String.valueOf(container.getImageId()))
        .orElseThrow(
            () ->
                DockerSnapshots.error(
                        Code.NOT_FOUND,
                        operation,
                        id,
                        "the image it was made from was removed from the engine by force")
                    .remedy("pull that image again")
                    .build());
  }

  /** How many of an image's layers are those of the image that its user knows. */
  static int imageLayers(JsonNode base) {
    String count = SnapshotLabels.all(base).get(SnapshotLabels.IMAGE_LAYERS);
    int all = layers(base).size();
    return count != null && count.matches("\\d{1,4}")
        ? Math.min(Integer.parseInt(count), all)
        : all;
  }

  /** The labels of an image that is made on top of another. */
  Map<String, String> labelsAbove(JsonNode base) {
    Map<String, String> labels = new TreeMap<>(SnapshotLabels.inherited(base));
    Map<String, String> own = SnapshotLabels.all(base);
    labels.put(Ownership.OWNER, owner.name());
    labels.put(SnapshotLabels.IMAGE_LAYERS, Integer.toString(imageLayers(base)));
    if (own.containsKey(SnapshotLabels.NAME)) {
      labels.put(SnapshotLabels.BASED_ON, base.path("Id").asText());
    } else if (own.containsKey(SnapshotLabels.BASED_ON)) {
      labels.put(SnapshotLabels.BASED_ON, own.get(SnapshotLabels.BASED_ON));
    }
    return labels;
  }

  static List<String> layers(JsonNode image) {
    return ImageTable.texts(image.path("RootFS").path("Layers"));
  }

  /** Tidies up also where the thread was interrupted; what fails is found the next time. */
  static void undisturbed(Runnable tidying) {
    boolean interrupted = Thread.interrupted();
    try {
      tidying.run();
    } catch (SandboxException e) {
      log.debug("an image that nobody needs stays until the next use of its container", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}

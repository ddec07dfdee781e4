package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.image.ImageTable;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images without a name: those on the way to something else, and those that only one container is
 * based on. A label names the container, so that what a killed process left is found by the next
 * operation on it. Thread-safe.
 */
public final class TemporaryImages {
  /** The container an image without a name was made for; it goes when that needs it no more. */
  public static final String LABEL = Ownership.PREFIX + "temporary";

  private static final Logger log = LoggerFactory.getLogger(TemporaryImages.class);

  private final DockerEngine engine;
  private final ImageTable table;
  private final Ownership owner;

  public TemporaryImages(DockerEngine engine, Ownership owner) {
    this.engine = engine;
    this.table = new ImageTable(engine);
    this.owner = owner;
  }

  /** What an image for a container carries. */
  public Map<String, String> labels(String id) {
    return Map.of(LABEL, id, Ownership.OWNER, owner.name());
  }

  /** Removes the images for a container that nothing needs. */
  public void remove(String operation, String id) {
    remove(operation, table.withLabels(operation, LABEL + "=" + id, owner.label()));
  }

  /** The same also where the thread was interrupted; what fails is found the next time. */
  public void tidy(String operation, String id) {
    boolean interrupted = Thread.interrupted();
    try {
      remove(operation, id);
    } catch (SandboxException e) {
      log.debug("an image that nobody needs stays until the next use of its container", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Removes the image that was made for a container which is gone now. */
  void tidyAfter(InspectContainerResponse gone) {
    String id = ContainerLookup.labels(gone).get(LABEL);
    if (id != null) {
      tidy("delete", id);
    }
  }

  /** Removes the images for all containers that are gone; nobody can be at work for those. */
  public void removeUnused(String operation) {
    for (JsonNode image : table.withLabels(operation, LABEL, owner.label())) {
      String id = image.path("Labels").path(LABEL).asText();
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
}

package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.TemporaryImages;
import dev.warren.docker.internal.image.ImageTable;
import java.util.Map;
import java.util.function.Function;

/** Makes the layer of a container an image, for a moment. Thread-safe. */
final class ContainerCommit {
  private final DockerEngine engine;
  private final ImageTable table;
  private final TemporaryImages temporary;

  ContainerCommit(DockerEngine engine, ImageTable table, TemporaryImages temporary) {
    this.engine = engine;
    this.table = table;
    this.temporary = temporary;
  }

  /** Commits a container for as long as the use takes. */
  <T> T commit(
      String operation, String id, InspectContainerResponse container, Function<JsonNode, T> use) {
    temporary.remove(operation, id);
    Map<String, String> labels = temporary.labels(id);
    try {
      String image =
          engine.call(
              operation,
              id,
              DockerEngine.TRANSFER,
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
                      DockerErrors.error(Code.CONFLICT, operation, id)
                          .detail("somebody removed its copy")
                          .build()));
    } finally {
      temporary.tidy(operation, id);
    }
  }

  /** The image that a container was made from. */
  JsonNode baseOf(String operation, String id, InspectContainerResponse container) {
    return table
        .inspect(operation, id, String.valueOf(container.getImageId()))
        .orElseThrow(
            () ->
                DockerErrors.error(Code.NOT_FOUND, operation, id)
                    .detail("the image it was made from was removed from the engine by force")
                    .remedy("pull that image again")
                    .build());
  }
}

package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** What was changed against the image, as one layer. Thread-safe. */
final class LayerExport {
  private static final String EXPORT = "export";

  private final DockerEngine engine;
  private final ContainerCommit commits;
  private final Supplier<Path> directory;

  LayerExport(DockerEngine engine, ContainerCommit commits, Supplier<Path> directory) {
    this.engine = engine;
    this.commits = commits;
    this.directory = directory;
  }

  InputStream container(String id, InspectContainerResponse container) {
    int from = SnapshotLabels.imageLayers(commits.baseOf(EXPORT, id, container));
    return open(id, commits.commit(EXPORT, id, container, image -> read(id, image, from)));
  }

  InputStream image(String name, JsonNode image) {
    return open(name, read(name, image, SnapshotLabels.imageLayers(image)));
  }

  private List<LayerFile> read(String subject, JsonNode image, int from) {
    return SavedImage.layers(engine, EXPORT, subject, image, from, directory.get());
  }

  private static InputStream open(String subject, List<LayerFile> layers) {
    try {
      return new FilterInputStream(LayerMerge.of(layers)) {
        @Override
        public void close() {
          SavedImage.closeAll(layers);
        }
      };
    } catch (IOException e) {
      SavedImage.closeAll(layers);
      throw DockerErrors.map(EXPORT, subject, e);
    }
  }
}

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
  private final WorkImages work;
  private final Supplier<Path> spool;

  LayerExport(DockerEngine engine, WorkImages work, Supplier<Path> spool) {
    this.engine = engine;
    this.work = work;
    this.spool = spool;
  }

  InputStream container(String id, InspectContainerResponse container) {
    int from = WorkImages.imageLayers(work.baseOf(EXPORT, id, container));
    return open(id, work.commit(EXPORT, id, container, image -> read(id, image, from)));
  }

  InputStream image(String name, JsonNode image) {
    return open(name, read(name, image, WorkImages.imageLayers(image)));
  }

  private List<Spool> read(String subject, JsonNode image, int from) {
    return SavedLayers.read(
        engine,
        EXPORT,
        subject,
        image.path("Id").asText(),
        WorkImages.layers(image),
        from,
        spool.get());
  }

  private static InputStream open(String subject, List<Spool> layers) {
    try {
      return new FilterInputStream(LayerMerge.of(layers)) {
        @Override
        public void close() {
          SavedLayers.closeAll(layers);
        }
      };
    } catch (IOException e) {
      SavedLayers.closeAll(layers);
      throw DockerErrors.map(EXPORT, subject, e);
    }
  }
}

package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.ContainerMaker;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.container.TemporaryImages;
import dev.warren.engine.internal.check.TarCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Puts an archive into a container that has never started: as a layer on top of its image, because
 * the engine has no other way to apply removals. The archive is checked as a whole before the
 * engine sees any of it; the image goes when the container does. Thread-safe.
 */
final class LayerImport {
  private static final String IMPORT = "import into";

  private final ImageLoad load;
  private final ContainerCommit commits;
  private final ContainerMaker maker;
  private final Ownership owner;
  private final Supplier<Path> directory;

  LayerImport(
      ImageLoad load,
      ContainerCommit commits,
      ContainerMaker maker,
      Ownership owner,
      Supplier<Path> directory) {
    this.load = load;
    this.commits = commits;
    this.maker = maker;
    this.owner = owner;
    this.directory = directory;
  }

  void run(String id, InspectContainerResponse container, InputStream tar) {
    JsonNode base = commits.baseOf(IMPORT, id, container);
    TarCheck check = new TarCheck(IMPORT, id);
    try (LayerFile layer = LayerFile.of(directory.get(), tar, check::accept)) {
      commits.commit(
          IMPORT,
          id,
          container,
          committed -> {
            rebase(id, base, committed, layer);
            return id;
          });
    } catch (IOException e) {
      throw DockerErrors.error(Code.RESOURCE_EXHAUSTED, IMPORT, id)
          .detail("the archive could not be read or kept")
          .remedy("check that the archive is complete and the state directory has room for it")
          .cause(e)
          .build();
    }
  }

  /** The layer that the container has, which may hold initial files, stays below the new one. */
  private void rebase(String id, JsonNode base, JsonNode committed, LayerFile layer) {
    Map<String, String> labels = SnapshotLabels.above(base, owner);
    labels.put(TemporaryImages.LABEL, id);
    LoadableImage image =
        load.image(
            IMPORT,
            id,
            committed,
            base,
            labels,
            Instant.now(),
            Optional.empty(),
            Optional.of(layer));
    load.load(IMPORT, id, image);
    maker.rebase(id, image.id());
  }
}

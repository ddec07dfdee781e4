package dev.warren.docker.internal.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.ContainerMaker;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.image.ImageTable;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Usage;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Copies of writable layers, as images of this runtime. A snapshot is there from the moment its
 * image has its name, which is the last step. The engine does not count files, so {@link
 * Usage#inodes} is 0. Thread-safe.
 */
public final class DockerSnapshots implements Snapshots {
  private static final String COMMIT = "commit";
  private static final String DELETE = "delete snapshot";
  private static final String EXPORT = "export";
  private static final String IMPORT = "import into";
  private static final String MEASURE = "measure";

  private final DockerEngine engine;
  private final ContainerLookup containers;
  private final ContainerMaker maker;
  private final Ownership owner;
  private final boolean containerdStore;
  private final ImageTable table;
  private final KeptSnapshots kept;
  private final WorkImages work;
  private final ImageLoad load;
  private final LayerExport export;
  private final LayerImport layerImport;
  private final Set<String> beingMade = ConcurrentHashMap.newKeySet();

  /**
   * Asks the engine nothing yet.
   *
   * @param spool a directory for files of this process only, on a disk that has room for layers
   */
  public DockerSnapshots(
      DockerEngine engine,
      Ownership owner,
      ContainerLookup containers,
      ContainerMaker maker,
      boolean containerdStore,
      Supplier<Path> spool) {
    this.engine = engine;
    this.containers = containers;
    this.maker = maker;
    this.owner = owner;
    this.containerdStore = containerdStore;
    this.table = new ImageTable(engine);
    this.kept = new KeptSnapshots(table, owner);
    this.work = new WorkImages(engine, table, kept, owner);
    this.load = new ImageLoad(engine, table, containerdStore);
    this.export = new LayerExport(engine, work, spool);
    this.layerImport = new LayerImport(load, work, maker, spool);
  }

  /**
   * The engine's own commit keeps the container's environment and labels; so the snapshot is a
   * second image of the same layers, with the configuration of the image below.
   */
  @Override
  public Snapshot commit(String containerId, String name) {
    SnapshotName tag = SnapshotName.of(COMMIT, owner, name);
    InspectContainerResponse container = stopped(COMMIT, containerId);
    if (!beingMade.add(name)) {
      throw taken(name);
    }
    try {
      if (table.inspect(COMMIT, name, tag.toString()).isPresent()) {
        throw taken(name);
      }
      JsonNode base = work.baseOf(COMMIT, containerId, container);
      Instant now = Instant.now();
      Map<String, String> labels = new HashMap<>(work.labelsAbove(base));
      labels.putAll(kept.labels(name, containerId, now));
      work.commit(
          COMMIT,
          containerId,
          container,
          committed -> {
            LoadableImage image =
                load.image(
                    COMMIT,
                    containerId,
                    committed,
                    base,
                    labels,
                    now,
                    Optional.of(tag.toString()),
                    Optional.empty());
            load.load(COMMIT, containerId, image);
            return image;
          });
      return new Snapshot(name, containerId, now);
    } finally {
      beingMade.remove(name);
    }
  }

  private static SandboxException taken(String name) {
    return error(Code.ALREADY_EXISTS, COMMIT, name, "there is a snapshot of this name").build();
  }

  @Override
  public List<Snapshot> list() {
    return kept.all().toList();
  }

  @Override
  public List<Snapshot> list(String containerId) {
    return kept.all().filter(snapshot -> snapshot.containerId().equals(containerId)).toList();
  }

  @Override
  public Usage usage(String name) {
    String id = kept.require(MEASURE, name).path("Id").asText();
    JsonNode history = engine.get(MEASURE, name, "/images/" + id + "/history");
    long size = history.path(0).path("Size").asLong();
    // Until a container is made from it, the containerd image store has the layer packed only.
    return new Usage(size > 0 || !containerdStore ? size : packed(name, id), 0);
  }

  private long packed(String name, String id) {
    JsonNode layers = StoredLayers.of(engine, MEASURE, name, id);
    return layers.path(layers.size() - 1).path("size").asLong();
  }

  @Override
  public Usage containerUsage(String containerId) {
    String id = containers.require(MEASURE, containerId).getId();
    JsonNode measured = engine.get(MEASURE, containerId, "/containers/" + id + "/json?size=1");
    return new Usage(measured.path("SizeRw").asLong(), 0);
  }

  @Override
  public ContainerInfo restore(ContainerSpec spec, String name) {
    return maker.create(spec, kept.require("restore", name).path("Id").asText());
  }

  @Override
  public void delete(String name) {
    SnapshotName tag = SnapshotName.of(DELETE, owner, name);
    Optional<JsonNode> image = kept.find(DELETE, name);
    if (image.isEmpty()) {
      return;
    }
    String id = image.get().path("Id").asText();
    work.removeUnused(DELETE);
    boolean below = !kept.withLabel(DELETE, SnapshotLabels.BASED_ON + "=" + id).isEmpty();
    if (below || !table.remove(DELETE, name, tag.toString())) {
      throw error(Code.CONFLICT, DELETE, name, "a container or a snapshot is based on it")
          .remedy("delete those first")
          .build();
    }
  }

  /** Always empty: the engine has no writable layer without its container. */
  @Override
  public List<String> orphaned() {
    engine.ensureOpen("list orphaned layers", "");
    return List.of();
  }

  @Override
  public ContainerInfo adopt(ContainerSpec spec) {
    throw error(
            Code.NOT_FOUND, "adopt", spec.id(), "the engine keeps no layer without its container")
        .build();
  }

  @Override
  public InputStream export(String containerOrSnapshot) {
    String name = containerOrSnapshot;
    if (ContainerLookup.isId(name) && containers.find(EXPORT, name).isPresent()) {
      return export.container(name, stopped(EXPORT, name));
    }
    return export.image(name, kept.require(EXPORT, name));
  }

  @Override
  public void importInto(String containerId, InputStream tar) {
    InspectContainerResponse container = containers.require(IMPORT, containerId);
    if (!"created".equals(container.getState().getStatus())) {
      throw error(Code.CONFLICT, IMPORT, containerId, "it has been started").build();
    }
    layerImport.run(containerId, container, tar);
  }

  /** Removes the image that was made for a container which is gone now. */
  public void forget(InspectContainerResponse gone) {
    String id = ContainerLookup.labels(gone).get(SnapshotLabels.TEMPORARY);
    if (id != null) {
      WorkImages.undisturbed(() -> work.forget("delete", id));
    }
  }

  private InspectContainerResponse stopped(String operation, String id) {
    InspectContainerResponse container = containers.require(operation, id);
    String status = String.valueOf(container.getState().getStatus());
    if (!Set.of("created", "exited", "dead").contains(status)) {
      throw error(Code.CONFLICT, operation, id, "its task runs").remedy("stop it first").build();
    }
    return container;
  }

  static SandboxException.Builder error(
      Code code, String operation, String subject, String detail) {
    return SandboxException.of(code, operation, subject)
        .backend(DockerErrors.BACKEND)
        .detail(detail);
  }
}

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
import dev.warren.docker.internal.container.TemporaryImages;
import dev.warren.docker.internal.image.ImageTable;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Usage;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
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
  private final TemporaryImages temporary;
  private final ContainerCommit commits;
  private final ImageLoad load;
  private final LayerExport export;
  private final LayerImport layerImport;
  private final Set<String> beingMade = ConcurrentHashMap.newKeySet();

  /**
   * Asks the engine nothing yet.
   *
   * @param directory for files of this process only, on a disk that has room for layers
   */
  public DockerSnapshots(
      DockerEngine engine,
      Ownership owner,
      ContainerLookup containers,
      ContainerMaker maker,
      TemporaryImages temporary,
      boolean containerdStore,
      Supplier<Path> directory) {
    this.engine = engine;
    this.containers = containers;
    this.maker = maker;
    this.owner = owner;
    this.containerdStore = containerdStore;
    this.table = new ImageTable(engine);
    this.kept = new KeptSnapshots(table, owner);
    this.temporary = temporary;
    this.commits = new ContainerCommit(engine, table, temporary);
    this.load = new ImageLoad(engine, table, containerdStore);
    this.export = new LayerExport(engine, commits, directory);
    this.layerImport = new LayerImport(load, commits, maker, owner, directory);
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
      JsonNode base = commits.baseOf(COMMIT, containerId, container);
      Instant now = Instant.now();
      Map<String, String> labels = SnapshotLabels.above(base, owner);
      labels.putAll(kept.labels(name, containerId, now));
      commits.commit(
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
    return DockerErrors.error(Code.ALREADY_EXISTS, COMMIT, name)
        .detail("there is a snapshot of this name")
        .build();
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
    JsonNode layers = SavedImage.storedLayers(engine, MEASURE, name, id);
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
    temporary.removeUnused(DELETE);
    boolean below =
        !table.withLabels(DELETE, SnapshotLabels.BASED_ON + "=" + id, owner.label()).isEmpty();
    if (below || !table.remove(DELETE, name, tag.toString())) {
      throw DockerErrors.error(Code.CONFLICT, DELETE, name)
          .detail("a container or a snapshot is based on it")
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
    throw DockerErrors.error(Code.NOT_FOUND, "adopt", spec.id())
        .detail("the engine keeps no layer without its container")
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
      throw DockerErrors.error(Code.CONFLICT, IMPORT, containerId)
          .detail("it has been started")
          .build();
    }
    layerImport.run(containerId, container, tar);
  }

  private InspectContainerResponse stopped(String operation, String id) {
    InspectContainerResponse container = containers.require(operation, id);
    String status = String.valueOf(container.getState().getStatus());
    if (!Set.of("created", "exited", "dead").contains(status)) {
      throw DockerErrors.error(Code.CONFLICT, operation, id)
          .detail("its task runs")
          .remedy("stop it first")
          .build();
    }
    return container;
  }
}

package dev.warren.containerd.internal.snapshot;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.api.snapshots.Info;
import dev.warren.containerd.internal.api.snapshots.Kind;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.containerd.internal.container.ContainerMaker;
import dev.warren.containerd.internal.container.ContainerRecords;
import dev.warren.containerd.internal.container.KeptSnapshots;
import dev.warren.containerd.internal.container.WritableLayers;
import dev.warren.containerd.internal.content.LayerContent;
import dev.warren.engine.internal.check.TarCheck;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Usage;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Copies of writable layers, as committed snapshots: no byte is copied, the container goes on above
 * what it had.
 */
public final class ContainerdSnapshots implements Snapshots {
  private final ContainerRecords records;
  private final WritableLayers layers;
  private final ContainerMaker maker;
  private final TaskCalls tasks;
  private final KeptSnapshots kept;
  private final LayerContent content;
  private final LayerExport export;

  public ContainerdSnapshots(
      ContainerdClient client,
      ContainerRecords records,
      WritableLayers layers,
      ContainerMaker maker,
      KeptSnapshots kept,
      TaskCalls tasks) {
    this.records = records;
    this.layers = layers;
    this.maker = maker;
    this.tasks = tasks;
    this.kept = kept;
    this.content = new LayerContent(client);
    this.export = new LayerExport(client, layers);
  }

  /** The commit takes the layer away from the container; what follows gives it one again. */
  @Override
  public Snapshot commit(String containerId, String name) {
    KeptSnapshots.key("commit", name);
    String id = stopped("commit", containerId);
    if (kept.find("commit", name).isPresent()) {
      throw error(Code.ALREADY_EXISTS, "commit", name, "there is a snapshot of this name").build();
    }
    kept.heal(id);
    kept.commit(id, name);
    try {
      layers.prepare(id, KeptSnapshots.key("commit", name));
    } catch (RuntimeException e) {
      // Once more, in peace: if that fails too, the next use of the container does it.
      healQuietly(id);
      throw e;
    }
    kept.finish(name);
    return KeptSnapshots.snapshot(kept.get("commit", name));
  }

  private void healQuietly(String id) {
    boolean interrupted = Thread.interrupted();
    try {
      kept.heal(id);
    } catch (RuntimeException e) {
      // The first failure is the one to tell.
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
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
    return kept.usage("measure", name, kept.get("measure", name).getName());
  }

  @Override
  public Usage containerUsage(String containerId) {
    Container record = records.get("measure", containerId);
    return kept.usage("measure", containerId, record.getSnapshotKey());
  }

  @Override
  public ContainerInfo restore(ContainerSpec spec, String name) {
    return maker.fromSnapshot(spec, kept.get("restore", name).getName());
  }

  @Override
  public void delete(String name) {
    try {
      layers.remove(KeptSnapshots.key("delete snapshot", name));
    } catch (SandboxException e) {
      if (e.code() != Code.CONFLICT) {
        throw e;
      }
      throw error(
              Code.CONFLICT, "delete snapshot", name, "a container or a snapshot is based on it")
          .remedy("delete those first")
          .cause(e)
          .build();
    }
  }

  @Override
  public List<String> orphaned() {
    List<Info> found = layers.ours();
    Set<String> known =
        records.list().stream().map(Container::getSnapshotKey).collect(Collectors.toSet());
    return found.stream()
        .filter(info -> info.getKind() == Kind.ACTIVE)
        .map(Info::getName)
        .filter(key -> ContainerIds.isValid(key) && !known.contains(key))
        .sorted()
        .toList();
  }

  @Override
  public ContainerInfo adopt(ContainerSpec spec) {
    return maker.around(spec);
  }

  @Override
  public InputStream export(String containerOrSnapshot) {
    String name = containerOrSnapshot;
    if (ContainerIds.isValid(name) && records.find(name).isPresent()) {
      String id = stopped("export", name);
      kept.heal(id);
      return export.open(name, id, true);
    }
    return export.open(name, kept.get("export", name).getName(), false);
  }

  @Override
  public void importInto(String containerId, InputStream tar) {
    ContainerIds.check("import into", containerId);
    records.get("import into", containerId);
    if (tasks.find(containerId).isPresent()) {
      throw error(Code.CONFLICT, "import into", containerId, "it has been started").build();
    }
    TarCheck check = new TarCheck("import into", containerId);
    content.apply("import into", containerId, tar, layers.mounts(containerId), check::accept);
  }

  /** The key of the layer of a container whose task, if any, has ended. */
  private String stopped(String operation, String id) {
    ContainerIds.check(operation, id);
    Container record = records.get(operation, id);
    if (tasks.find(id).map(task -> task.status() != TaskInfo.Status.STOPPED).orElse(false)) {
      throw error(Code.CONFLICT, operation, id, "its task runs").remedy("stop it first").build();
    }
    return record.getSnapshotKey();
  }

  private static SandboxException.Builder error(
      Code code, String operation, String subject, String detail) {
    return SandboxException.of(code, operation, subject)
        .backend(ContainerdErrors.BACKEND)
        .detail(detail);
  }
}

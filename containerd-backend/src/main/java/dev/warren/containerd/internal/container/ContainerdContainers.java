package dev.warren.containerd.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.api.snapshots.Kind;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The containers of one namespace. */
public final class ContainerdContainers implements Containers {
  private final ContainerRecords records;
  private final WritableLayers layers;
  private final ContainerMaker maker;
  private final ContainerFiles files;
  private final Consumer<String> endTask;

  /**
   * @param endTask kills and deletes the task of a container and releases its network, whatever of
   *     that there is
   */
  public ContainerdContainers(
      ContainerRecords records,
      WritableLayers layers,
      ContainerMaker maker,
      ContainerFiles files,
      Consumer<String> endTask) {
    this.records = records;
    this.layers = layers;
    this.maker = maker;
    this.files = files;
    this.endTask = endTask;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    return maker.fromImage(spec);
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    return records.find(id).map(ContainerRecords::info);
  }

  @Override
  public List<ContainerInfo> list() {
    return infos(() -> records.list());
  }

  @Override
  public List<ContainerInfo> listByLabel(String key) {
    checkKey(key);
    return infos(() -> records.list(LabelFilter.has(key)));
  }

  @Override
  public List<ContainerInfo> listByLabel(String key, String value) {
    checkKey(key);
    return infos(() -> records.list(LabelFilter.is(key, value)));
  }

  private static List<ContainerInfo> infos(Supplier<List<Container>> found) {
    return found.get().stream().map(ContainerRecords::info).toList();
  }

  private static void checkKey(String key) {
    if (key.isEmpty()) {
      throw SandboxException.invalid("list containers", "", "a label has a name");
    }
  }

  /**
   * Task, layer, record, in this order: without the record the collector would take the layer and
   * leave its parent undeletable, and a delete that was cut off is repeated by its id.
   */
  @Override
  public void delete(String id) {
    ContainerIds.check("delete", id);
    Optional<Container> record = records.find(id);
    if (record.isPresent()) {
      endTask.accept(id);
    }
    String key = record.map(Container::getSnapshotKey).filter(name -> !name.isEmpty()).orElse(id);
    removeLayer(id, key);
    records.delete(id);
    files.removeAll(id);
  }

  private void removeLayer(String id, String key) {
    boolean isLayer = layers.stat(key).map(info -> info.getKind() == Kind.ACTIVE).orElse(false);
    if (!isLayer) {
      return;
    }
    try {
      layers.remove(key);
    } catch (SandboxException e) {
      if (e.code() != Code.CONFLICT) {
        throw e;
      }
      throw SandboxException.of(Code.CONFLICT, "delete", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("its writable layer is in use")
          .cause(e)
          .build();
    }
  }
}

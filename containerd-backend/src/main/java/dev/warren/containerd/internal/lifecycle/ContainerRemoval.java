package dev.warren.containerd.internal.lifecycle;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.api.snapshots.Kind;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.containerd.internal.container.ContainerRecords;
import dev.warren.containerd.internal.container.WritableLayers;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.network.ContainerdNetworks;
import java.util.Optional;

/** Removes a container with all that belongs to it. Thread-safe. */
public final class ContainerRemoval {
  private final ContainerRecords records;
  private final WritableLayers layers;
  private final ContainerFiles files;
  private final TaskCalls tasks;
  private final ContainerdNetworks networks;

  public ContainerRemoval(
      ContainerRecords records,
      WritableLayers layers,
      ContainerFiles files,
      TaskCalls tasks,
      ContainerdNetworks networks) {
    this.records = records;
    this.layers = layers;
    this.files = files;
    this.tasks = tasks;
    this.networks = networks;
  }

  /**
   * Task, layer, record, in this order: without the record the collector would take the layer and
   * leave its parent undeletable, and a delete that was cut off is repeated by its id.
   */
  public void remove(String id) {
    ContainerIds.check("delete", id);
    Optional<Container> record = records.find(id);
    if (record.isPresent()) {
      tasks.remove(id);
      networks.release(id);
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

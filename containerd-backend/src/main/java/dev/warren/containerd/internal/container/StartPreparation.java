package dev.warren.containerd.internal.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.containers.Container;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.files.HostFiles;
import dev.warren.containerd.internal.files.ResolvConf;
import dev.warren.containerd.internal.oci.Json;
import dev.warren.containerd.internal.oci.SandboxRecord;
import dev.warren.spi.HostPaths;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a container ready for a start, from nothing but its record. Thread-safe. */
public final class StartPreparation {
  private final ContainerRecords records;
  private final WritableLayers layers;
  private final HostFiles hostFiles;
  private final HostPaths hostPaths;
  private final KeptSnapshots kept;

  public StartPreparation(
      ContainerRecords records,
      WritableLayers layers,
      ContainerFiles files,
      HostPaths hostPaths,
      KeptSnapshots kept) {
    this.records = records;
    this.layers = layers;
    this.kept = kept;
    this.hostFiles = new HostFiles(files, ResolvConf.ofThisHost());
    this.hostPaths = hostPaths;
  }

  /**
   * Prepares one.
   *
   * @throws SandboxException {@code NOT_FOUND} without the container, {@code DATA_LOSS} without its
   *     layer, {@code PERMISSION_DENIED} for its mounts
   */
  public StartableContainer prepare(String id) {
    Container record = records.get("start", id);
    JsonNode specification = specification(record);
    Optional<SandboxRecord> sandbox = SandboxRecord.of(specification);
    sandbox.ifPresent(
        found -> {
          renewBinds(id, specification, found);
          hostFiles.write(id, found);
        });
    return new StartableContainer(rootfs(id, record.getSnapshotKey()), sandbox);
  }

  private List<dev.warren.containerd.internal.api.types.Mount> rootfs(String id, String key) {
    try {
      return layers.mounts(key);
    } catch (SandboxException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
      if (kept.heal(id)) {
        return layers.mounts(key);
      }
      throw SandboxException.of(Code.DATA_LOSS, "start", id)
          .backend(ContainerdErrors.BACKEND)
          .detail("its writable layer is missing")
          .remedy("delete the container, and restore it from a snapshot where there is one")
          .cause(e)
          .build();
    }
  }

  /** What a container's record says of its network; empty for those of others and none at all. */
  public Optional<SandboxRecord> sandbox(String id) {
    return records.find(id).map(StartPreparation::specification).flatMap(SandboxRecord::of);
  }

  private static JsonNode specification(Container record) {
    try {
      return Json.read(record.getSpec().getValue());
    } catch (IOException e) {
      return Json.MAPPER.missingNode();
    }
  }

  /** The runtime would follow links itself, so it is given the paths they lead to now. */
  private void renewBinds(String id, JsonNode specification, SandboxRecord sandbox) {
    if (sandbox.binds().isEmpty()) {
      return;
    }
    Map<String, Path> real = new HashMap<>();
    for (Mount.Bind bind : sandbox.binds()) {
      real.put(bind.target(), hostPaths.resolve(bind));
    }
    boolean changed = false;
    for (JsonNode mount : specification.path("mounts")) {
      Path source = real.get(mount.path("destination").asText());
      boolean bind = mount.path("type").asText().equals("bind");
      if (source != null && bind && !source.toString().equals(mount.path("source").asText())) {
        ((ObjectNode) mount).put("source", source.toString());
        changed = true;
      }
    }
    if (changed) {
      records.updateSpecification(id, Json.bytes(specification));
    }
  }
}

package dev.warren.spi;

import java.io.InputStream;
import java.util.List;

/**
 * Copies of writable layers. The general rules are those of {@link SandboxRuntime}. Names are
 * chosen by the caller and unique in the engine's namespace: {@code [A-Za-z0-9._-]}, at most 128.
 */
public interface Snapshots {

  /**
   * Keeps the writable layer of a stopped container under a name. The container stays usable and
   * goes on from the same content.
   *
   * @throws dev.warren.SandboxException {@code CONFLICT} while its task runs, {@code
   *     ALREADY_EXISTS} for the name, {@code NOT_FOUND} for the container
   */
  Snapshot commit(String containerId, String name);

  /** Snapshots made by {@link #commit}, oldest first. */
  List<Snapshot> list();

  /** Those made from one container, oldest first; it may be gone. */
  List<Snapshot> list(String containerId);

  /** Disk space of the snapshot itself, without what it is based on. */
  Usage usage(String name);

  /** Disk space of a container's writable layer. */
  Usage containerUsage(String containerId);

  /**
   * Makes a container whose writable layer starts as the snapshot.
   *
   * @throws dev.warren.SandboxException as for {@link Containers#create}; {@code NOT_FOUND} for the
   *     snapshot
   */
  ContainerInfo restore(ContainerSpec spec, String name);

  /**
   * @throws dev.warren.SandboxException {@code CONFLICT} while a container or a later snapshot is
   *     based on it
   */
  void delete(String name);

  /**
   * Ids whose writable layer is there while the container is not: something was interrupted or
   * removed by hand. {@link Containers#create} refuses to overwrite such a layer.
   */
  List<String> orphaned();

  /**
   * Makes a container again around the orphaned layer of the same id.
   *
   * @throws dev.warren.SandboxException {@code NOT_FOUND} when there is no such layer
   */
  ContainerInfo adopt(ContainerSpec spec);

  /**
   * What the writable layer of a stopped container, or a snapshot, changed against its image, as an
   * uncompressed tar with OCI whiteouts. Close the stream to release what it holds.
   */
  InputStream export(String containerOrSnapshot);

  /**
   * Applies a tar made by {@link #export} to the writable layer of a container that has never
   * started.
   *
   * @throws dev.warren.SandboxException {@code CONFLICT} when it has a task, {@code
   *     INVALID_ARGUMENT} for a damaged archive
   */
  void importInto(String containerId, InputStream tar);
}

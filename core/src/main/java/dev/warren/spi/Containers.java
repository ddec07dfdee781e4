package dev.warren.spi;

import java.util.List;
import java.util.Optional;

/** The containers of an engine. The general rules are those of {@link SandboxRuntime}. */
public interface Containers {

  /**
   * Makes a container and its writable layer, without starting it. The image must be present.
   *
   * @throws dev.warren.SandboxException {@code ALREADY_EXISTS} when there is a container of this
   *     id, whoever made it (it and its layer stay untouched), or a writable layer that a lost
   *     container left behind (see {@link Snapshots#orphaned}); {@code NOT_FOUND} when the image is
   *     missing; {@code INVALID_ARGUMENT}, {@code UNSUPPORTED} for the spec
   */
  ContainerInfo create(ContainerSpec spec);

  Optional<ContainerInfo> get(String id);

  /** All containers this runtime can see, sorted by id, also those made by others. */
  List<ContainerInfo> list();

  /** Those with this label, whatever its value. */
  List<ContainerInfo> listByLabel(String key);

  /** Those with this value of the label. */
  List<ContainerInfo> listByLabel(String key, String value);

  /**
   * Deletes a container and its writable layer, its network attachment and its logs. A task that
   * runs is killed first. Deleting what is absent succeeds, and removes what a half-finished delete
   * of the same id left behind.
   */
  void delete(String id);
}

package dev.warren.containerd.internal.container;

import dev.warren.containerd.internal.api.types.Mount;
import dev.warren.containerd.internal.oci.SandboxRecord;
import java.util.List;
import java.util.Optional;

/**
 * A container whose record, files and layer are ready for a task.
 *
 * @param sandbox empty for containers that others made
 */
public record StartableContainer(List<Mount> rootfs, Optional<SandboxRecord> sandbox) {
  public StartableContainer {
    rootfs = List.copyOf(rootfs);
  }
}

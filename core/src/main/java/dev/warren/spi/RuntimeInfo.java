package dev.warren.spi;

import java.util.Set;

/**
 * Which engine a runtime drives.
 *
 * @param name such as {@code containerd}
 * @param version of the engine, as it reports it
 * @param capabilities what differs between engines beyond the optional types
 */
public record RuntimeInfo(String name, String version, Set<Capability> capabilities) {

  public RuntimeInfo {
    capabilities = Set.copyOf(capabilities);
  }

  public boolean can(Capability capability) {
    return capabilities.contains(capability);
  }

  /** Differences that a caller, or the contract test, has to know. */
  public enum Capability {
    /**
     * The engine shares this host's files and kernel: paths can be bind-mounted, and a process in a
     * container has a pid here.
     */
    SHARED_HOST,
    /** Containers are separated from the host and from one another. */
    ISOLATION,
    /** Image contents are real: commands of the image can be run. */
    IMAGES,
    /** {@link dev.warren.ResourceLimits} are enforced. */
    RESOURCE_LIMITS,
    /** {@link dev.warren.Network} is enforced, and a container can have an address of its own. */
    NETWORKS,
    /** Bind and tmpfs mounts beyond the manager's own. */
    MOUNTS,
    /**
     * The engine keeps a writable layer apart from its container's record, so it can outlive that:
     * {@link Snapshots#orphaned} can find one.
     */
    DETACHED_LAYERS
  }
}

package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.check.TimeZones;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.HostPaths;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The mounts of a container. Binds are by the path without links; the engine makes no sources. */
final class MountList {
  private static final long SCRATCH = 256L << 20;
  private static final String ZONE_TARGET = "/etc/localtime";

  private final HostPaths paths;
  private final boolean sharedHost;
  private final TimeZones zones = TimeZones.ofThisHost();

  MountList(HostPaths paths, boolean sharedHost) {
    this.paths = paths;
    this.sharedHost = sharedHost;
  }

  /**
   * Adds them to a host configuration.
   *
   * @throws SandboxException {@code UNSUPPORTED} for binds where the host is not shared, {@code
   *     PERMISSION_DENIED}, {@code NOT_FOUND} for their sources
   */
  void add(ContainerSpec spec, ObjectNode host) {
    ArrayNode mounts = host.putArray("Mounts");
    ObjectNode memory = host.putObject("Tmpfs");
    Set<String> targets =
        spec.mounts().stream().map(Mount::target).collect(Collectors.toCollection(TreeSet::new));
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Bind bind) {
        bind(mounts, source(spec, bind), bind.target(), bind.readOnly());
      } else if (mount instanceof Mount.Tmpfs tmpfs) {
        memory.put(tmpfs.target(), options(tmpfs.sizeBytes()));
      }
    }
    if (spec.hardening().readOnlyRoot()) {
      for (String target : new String[] {"/run", "/tmp"}) {
        if (targets.add(target)) {
          memory.put(target, options(SCRATCH));
        }
      }
    }
    if (sharedHost && targets.add(ZONE_TARGET)) {
      zones.file(spec.timeZone()).ifPresent(file -> bind(mounts, file, ZONE_TARGET, true));
    }
  }

  private Path source(ContainerSpec spec, Mount.Bind bind) {
    if (!sharedHost) {
      throw DockerErrors.error(Code.UNSUPPORTED, "check container", spec.id())
          .detail("the engine does not share this host's files, so nothing can be bind-mounted")
          .remedy("copy the files into the sandbox, or use a tmpfs")
          .build();
    }
    return paths.resolve(bind);
  }

  /** Execution is allowed, as in the image itself; the engine's own default is not to. */
  private static String options(long size) {
    return "rw,exec,nosuid,nodev,mode=1777,size=" + size;
  }

  private static void bind(ArrayNode mounts, Path source, String target, boolean readOnly) {
    mounts
        .addObject()
        .put("Type", "bind")
        .put("Source", source.toString())
        .put("Target", target)
        .put("ReadOnly", readOnly)
        .putObject("BindOptions")
        .put("Propagation", "rprivate")
        .put("NonRecursive", true);
  }
}

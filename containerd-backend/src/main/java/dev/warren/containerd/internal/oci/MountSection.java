package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.warren.Mount;
import dev.warren.spi.ContainerSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The {@code mounts} of a specification, in the order in which they are made. */
final class MountSection {
  private static final long DEVICES = 64 << 10;
  private static final long SHARED_MEMORY = 64L << 20;
  private static final long SCRATCH = 256L << 20;

  private final ArrayNode mounts = Json.MAPPER.createArrayNode();
  private final Set<String> targets = new TreeSet<>();

  private MountSection() {}

  /**
   * Lists them.
   *
   * @param binds the sources of the spec's binds without links, by target
   * @param hostFiles what Warren writes for the container: target and path
   */
  static ArrayNode of(
      ContainerSpec spec,
      Map<String, Path> binds,
      Map<String, Path> hostFiles,
      Optional<Path> zoneFile) {
    MountSection section = new MountSection();
    section.system(SHARED_MEMORY);
    spec.mounts().forEach(mount -> section.targets.add(mount.target()));
    if (spec.hardening().readOnlyRoot()) {
      section.scratch("/run");
      section.scratch("/tmp");
    }
    List<Mount> sorted = new ArrayList<>(spec.mounts());
    sorted.sort(Comparator.comparing(Mount::target));
    // Those of Warren come first, so that the spec's own for the same place win.
    hostFiles.forEach(section::hostFile);
    zoneFile.ifPresent(file -> section.hostFile("/etc/localtime", file));
    for (Mount mount : sorted) {
      if (mount instanceof Mount.Bind bind) {
        section.bind(
            bind.target(),
            binds.getOrDefault(bind.target(), bind.source()),
            bind.readOnly() ? "ro" : "rw");
      } else if (mount instanceof Mount.Tmpfs tmpfs) {
        section.tmpfs(tmpfs.target(), tmpfs.sizeBytes());
      }
    }
    return section.mounts;
  }

  private void system(long sharedMemory) {
    add("/proc", "proc", "proc", "nosuid", "noexec", "nodev");
    add("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=" + DEVICES);
    add(
        "/dev/pts",
        "devpts",
        "devpts",
        "nosuid",
        "noexec",
        "newinstance",
        "ptmxmode=0666",
        "mode=0620",
        "gid=5");
    add(
        "/dev/shm",
        "tmpfs",
        "shm",
        "nosuid",
        "noexec",
        "nodev",
        "mode=1777",
        "size=" + sharedMemory);
    add("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev");
    add("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro");
    // Runtimes of languages read their limits there.
    add("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "relatime", "ro");
  }

  private void scratch(String target) {
    if (!targets.contains(target)) {
      tmpfs(target, SCRATCH);
    }
  }

  private void hostFile(String target, Path file) {
    if (!targets.contains(target)) {
      bind(target, file, "ro");
    }
  }

  /** Not recursive: what is mounted below the source stays out. */
  private void bind(String target, Path source, String mode) {
    add(target, "bind", source.toString(), "bind", "rprivate", "nosuid", "nodev", mode);
  }

  private void tmpfs(String target, long size) {
    add(target, "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777", "size=" + size);
  }

  private void add(String target, String type, String source, String... options) {
    mounts
        .addObject()
        .put("destination", target)
        .put("type", type)
        .put("source", source)
        .set("options", Json.strings(options));
  }
}

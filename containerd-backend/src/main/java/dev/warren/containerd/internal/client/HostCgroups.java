package dev.warren.containerd.internal.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the control groups of this host can do. Thread-safe. */
public final class HostCgroups {
  private final Path root;

  private HostCgroups(Path root) {
    this.root = root;
  }

  /** Those of this host. */
  public static HostCgroups ofThisHost() {
    return at(Path.of("/sys/fs/cgroup"));
  }

  /** The control group of a container. */
  public static String group(String namespace, String id) {
    return "/warren-" + namespace + "/" + id;
  }

  public static HostCgroups at(Path root) {
    return new HostCgroups(root);
  }

  /** Whether version 2 rules alone; a host with both counts as version 1, as for runc. */
  public boolean unified() {
    return Files.exists(root.resolve("cgroup.controllers"));
  }

  /**
   * Whether swap can be limited. Where the kernel keeps no account of it, asking for a limit makes
   * the runtime fail.
   */
  public boolean limitsSwap() {
    if (!unified()) {
      return Files.exists(root.resolve("memory/memory.memsw.limit_in_bytes"));
    }
    // The root group has no such file, but each of its children has it or none.
    try (Stream<Path> children = Files.list(root)) {
      return children.anyMatch(child -> Files.exists(child.resolve("memory.swap.max")));
    } catch (IOException e) {
      return false;
    }
  }

  /** How often the kernel killed a process of a group for its memory; 0 where that is not known. */
  public long memoryKills(String group) {
    String relative = group.substring(1);
    Path file =
        unified()
            ? root.resolve(relative).resolve("memory.events")
            : root.resolve("memory").resolve(relative).resolve("memory.oom_control");
    try {
      List<String> lines = Files.readAllLines(file);
      for (String line : lines) {
        if (line.startsWith("oom_kill ")) {
          return Long.parseLong(line.substring("oom_kill ".length()).strip());
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
    return 0;
  }
}

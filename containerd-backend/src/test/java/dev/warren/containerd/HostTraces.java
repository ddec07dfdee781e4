package dev.warren.containerd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a namespace and its bridge leave on the host on purpose, because others may still use it.
 */
final class HostTraces {
  private HostTraces() {}

  /** Removes bridge, routes, firewall rules and the control group; their containers are gone. */
  static void remove(CniOptions cni, String namespace) {
    RuntimeFixture.shell("ip", "link", "del", cni.bridge());
    RuntimeFixture.shell("ip", "route", "del", "unreachable", cni.subnet(), "metric", "4278198272");
    for (String program : List.of("iptables", "ip6tables")) {
      RuntimeFixture.shell(
          program,
          "-D",
          "INPUT",
          "-i",
          cni.bridge(),
          "-m",
          "conntrack",
          "--ctstate",
          "NEW",
          "-j",
          "DROP");
    }
    removeGroups("warren-" + namespace);
  }

  /** The group of a namespace outlives its containers. */
  private static void removeGroups(String name) {
    Path root = Path.of("/sys/fs/cgroup");
    try (Stream<Path> controllers = Files.list(root)) {
      Files.deleteIfExists(root.resolve(name));
      for (Path controller : controllers.toList()) {
        Files.deleteIfExists(controller.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

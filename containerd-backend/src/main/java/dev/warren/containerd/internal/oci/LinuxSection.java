package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.ResourceLimits;
import dev.warren.containerd.internal.client.HostCgroups;
import dev.warren.engine.internal.check.HiddenPaths;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.SeccompProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The {@code linux} part of a specification: namespaces, limits, what is hidden. */
final class LinuxSection {
  private static final long CPU_PERIOD = 100_000;
  private final HostCgroups cgroups;
  private final String architecture;

  /** The same for all containers, and too long to be read anew for each. Nobody changes it. */
  private @Nullable JsonNode seccomp;

  LinuxSection(HostCgroups cgroups, String architecture) {
    this.cgroups = cgroups;
    this.architecture = architecture;
  }

  ObjectNode of(ContainerSpec spec, String group, boolean sharesKernel) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("cgroupsPath", group);
    ArrayNode namespaces = node.putArray("namespaces");
    for (String type : new String[] {"pid", "ipc", "uts", "mount", "network"}) {
      namespaces.addObject().put("type", type);
    }
    if (Files.exists(Path.of("/proc/self/ns/cgroup"))) {
      namespaces.addObject().put("type", "cgroup");
    }
    node.set("resources", resources(spec.limits()));
    node.set("maskedPaths", Json.strings(HiddenPaths.MASKED));
    node.set("readonlyPaths", Json.strings(HiddenPaths.READ_ONLY));
    if (sharesKernel) {
      // Instead of the capabilities for low ports and raw sockets; both are per network namespace.
      node.putObject("sysctl")
          .put("net.ipv4.ip_unprivileged_port_start", "0")
          .put("net.ipv4.ping_group_range", "0 2147483647");
    }
    if (spec.hardening().seccomp()) {
      node.set("seccomp", seccomp());
    }
    return node;
  }

  private synchronized JsonNode seccomp() {
    if (seccomp == null) {
      try {
        seccomp = Json.MAPPER.readTree(SeccompProfile.json(architecture));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("the seccomp profile is no JSON", e);
      }
    }
    return seccomp;
  }

  /** Never {@code unified}: runtimes refuse it on version 1, and translate these on version 2. */
  private ObjectNode resources(ResourceLimits limits) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    Devices.standard(node.putArray("devices"));
    limits
        .memoryBytes()
        .ifPresent(
            bytes -> {
              ObjectNode memory = node.putObject("memory").put("limit", bytes);
              if (cgroups.limitsSwap()) {
                memory.put("swap", bytes);
              }
            });
    limits
        .cpus()
        .ifPresent(
            cpus ->
                node.putObject("cpu")
                    .put("quota", Math.round(cpus * CPU_PERIOD))
                    .put("period", CPU_PERIOD));
    limits.pids().ifPresent(pids -> node.putObject("pids").put("limit", pids));
    return node;
  }

  /** All is denied; then come those that every program expects. */
  private static final class Devices {
    private static final int[][] STANDARD = {
      {1, 3}, {1, 5}, {1, 7}, {1, 8}, {1, 9}, {5, 0}, {5, 2}
    };
    private static final int TERMINALS = 136;

    private Devices() {}

    static void standard(ArrayNode rules) {
      rules.addObject().put("allow", false).put("access", "rwm");
      for (int[] numbers : STANDARD) {
        rule(rules, numbers[0]).put("minor", numbers[1]);
      }
      rule(rules, TERMINALS);
    }

    private static ObjectNode rule(ArrayNode rules, int major) {
      return rules
          .addObject()
          .put("allow", true)
          .put("type", "c")
          .put("access", "rwm")
          .put("major", major);
    }
  }
}

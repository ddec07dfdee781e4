package dev.warren.docker.internal.container;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.Hardening;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.docker.internal.client.EngineVersion;
import dev.warren.engine.internal.check.HiddenPaths;
import dev.warren.spi.ContainerSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes what the engine is asked to make. It is a document and not the library's type, which has
 * no fields for masked and read-only paths.
 */
final class SpecDocument {
  private static final long NANOS = 1_000_000_000L;
  private static final long SHARED_MEMORY = 64L << 20;
  private static final int MAX_HOST_NAME = 63;

  /** Share the host's kernel, so its settings per network namespace can be made. */
  private static final Set<String> NATIVE = Set.of("runc", "crun", "io.containerd.runc.v2");

  private final EngineVersion version;
  private final EngineFacts facts;
  private final Ownership owner;
  private final MountList mounts;
  private final NetworkPlan networks;
  private final SeccompOption seccomp;
  private final Optional<String> hostZone;

  SpecDocument(
      EngineVersion version,
      EngineFacts facts,
      Ownership owner,
      MountList mounts,
      NetworkPlan networks,
      SeccompOption seccomp,
      Optional<String> hostZone) {
    this.version = version;
    this.facts = facts;
    this.owner = owner;
    this.mounts = mounts;
    this.networks = networks;
    this.seccomp = seccomp;
    this.hostZone = hostZone;
  }

  /**
   * Checks a spec and writes it down.
   *
   * @param image a name or id that the engine knows
   */
  ObjectNode of(ContainerSpec spec, String image) {
    SpecCheck.check(spec, facts);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("Image", image);
    node.put("Hostname", spec.hostName().orElseGet(() -> hostName(spec.id())));
    node.put("User", spec.user().orElse("0"));
    spec.workingDirectory().ifPresent(path -> node.put("WorkingDir", path));
    // The whole command as entry point: then nothing of the image's own is added to it.
    node.set("Entrypoint", strings(spec.command()));
    node.putArray("Cmd");
    node.set("Env", environment(spec));
    ObjectNode labels = node.putObject("Labels");
    owner.labelsOf(spec).forEach(labels::put);
    node.putObject("Healthcheck").putArray("Test").add("NONE");
    node.put("Tty", false).put("OpenStdin", false);
    node.set("HostConfig", host(spec));
    networks.expose(spec.network(), node);
    return node;
  }

  private ObjectNode host(ContainerSpec spec) {
    ObjectNode host = JsonNodeFactory.instance.objectNode();
    host.put("Init", false).put("Privileged", false).put("AutoRemove", false);
    host.putObject("RestartPolicy").put("Name", "no");
    hardening(spec.id(), spec.hardening(), host);
    limits(spec.limits(), host);
    mounts.add(spec, host);
    ArrayNode devices = GpuRequest.of(spec.gpus(), spec.id(), version);
    if (!devices.isEmpty()) {
      host.set("DeviceRequests", devices);
    }
    spec.runtimeName().ifPresent(name -> host.put("Runtime", name));
    host.put("IpcMode", "private").put("CgroupnsMode", "private").put("ShmSize", SHARED_MEMORY);
    if (spec.runtimeName().map(NATIVE::contains).orElse(true)) {
      // Instead of the capabilities for low ports and raw sockets.
      host.putObject("Sysctls")
          .put("net.ipv4.ip_unprivileged_port_start", "0")
          .put("net.ipv4.ping_group_range", "0 2147483647");
    }
    names(spec, host);
    log(host);
    return host;
  }

  private void hardening(String id, Hardening hardening, ObjectNode host) {
    host.putArray("CapDrop").add("ALL");
    host.set("CapAdd", strings(hardening.capabilities()));
    ArrayNode security = host.putArray("SecurityOpt");
    // Podman takes the option for true whatever its value.
    if (hardening.noNewPrivileges() || !version.podman()) {
      security.add("no-new-privileges=" + hardening.noNewPrivileges());
    }
    security.add(seccomp.of(hardening, id));
    host.put("ReadonlyRootfs", hardening.readOnlyRoot());
    host.set("MaskedPaths", strings(HiddenPaths.MASKED));
    host.set("ReadonlyPaths", strings(HiddenPaths.READ_ONLY));
  }

  private static void limits(ResourceLimits limits, ObjectNode host) {
    limits.memoryBytes().ifPresent(bytes -> host.put("Memory", bytes).put("MemorySwap", bytes));
    limits.cpus().ifPresent(cpus -> host.put("NanoCpus", Math.round(cpus * NANOS)));
    // Named in any case: an engine can have defaults of its own.
    host.put("PidsLimit", limits.pids().orElse(-1));
    limits
        .openFiles()
        .ifPresent(
            files ->
                host.putArray("Ulimits")
                    .addObject()
                    .put("Name", "nofile")
                    .put("Soft", files)
                    .put("Hard", files));
  }

  private void names(ContainerSpec spec, ObjectNode host) {
    host.put("NetworkMode", networks.mode(spec.network()));
    ArrayNode servers = host.putArray("Dns");
    spec.dns().forEach(server -> servers.add(server.getHostAddress()));
    if (servers.isEmpty() && spec.network() instanceof Network.Isolated) {
      // Else the engine asks its host's servers for the sandbox, which is a way out.
      servers.add("127.0.0.1");
    }
  }

  /** Bounded, and exact to the byte where the engine has such a driver. */
  private void log(ObjectNode host) {
    ObjectNode log = host.putObject("LogConfig");
    log.put("Type", version.podman() ? "k8s-file" : "local");
    ObjectNode options = log.putObject("Config");
    options.put("max-size", "10m");
    if (!version.podman()) {
      options.put("max-file", "2").put("compress", "false");
    }
  }

  private ArrayNode environment(ContainerSpec spec) {
    Map<String, String> merged = new TreeMap<>();
    spec.timeZone().or(() -> hostZone).ifPresent(zone -> merged.put("TZ", zone));
    merged.putAll(spec.env());
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    merged.forEach((name, value) -> array.add(name + "=" + value));
    return array;
  }

  /** An id can be longer than the kernel allows for a host name. */
  private static String hostName(String id) {
    return id.substring(0, Math.min(MAX_HOST_NAME, id.length())).replaceAll("[._-]+$", "");
  }

  private static ArrayNode strings(Iterable<String> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }
}

package dev.warren.containerd.internal.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.HostCgroups;
import dev.warren.containerd.internal.manifest.ImageConfig;
import dev.warren.engine.internal.check.TimeZones;
import dev.warren.spi.ContainerSpec;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the OCI runtime specification of a container: as little as a program needs, and nothing
 * from the image but its environment and its working directory. Thread-safe.
 */
public final class RuntimeSpec {
  private static final String VERSION = "1.0.2";

  private final String namespace;
  private final LinuxSection linux;
  private final TimeZones timeZones;

  private RuntimeSpec(String namespace, LinuxSection linux, TimeZones timeZones) {
    this.namespace = namespace;
    this.linux = linux;
    this.timeZones = timeZones;
  }

  /** For containers on this host, in one of the engine's namespaces. */
  public static RuntimeSpec forThisHost(String namespace, HostCgroups cgroups) {
    return new RuntimeSpec(
        namespace,
        new LinuxSection(cgroups, System.getProperty("os.arch")),
        TimeZones.ofThisHost());
  }

  /**
   * Refuses what can be refused before anything is changed.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}, {@code UNSUPPORTED}
   */
  public static void check(ContainerSpec spec) {
    ProcessSection.check(spec);
    TimeZones.check(spec);
    spec.hostName()
        .filter(name -> !name.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?"))
        .ifPresent(
            name -> {
              throw SandboxException.invalid(
                  "check container", spec.id(), "'" + name + "' is no host name");
            });
    if (!spec.gpus().isEmpty()) {
      throw SandboxException.of(Code.UNSUPPORTED, "check container", spec.id())
          .backend(ContainerdErrors.BACKEND)
          .detail(
              "GPUs by CDI names need an engine that resolves them, which containerd leaves to"
                  + " its clients")
          .remedy("use the Docker backend for GPUs")
          .build();
    }
  }

  /**
   * Writes the specification.
   *
   * @param binds the sources of the spec's binds without links, by target
   * @param hostFiles what Warren writes for the container: target and path
   */
  public ObjectNode write(
      ContainerSpec spec,
      ImageConfig image,
      ResolvedUser user,
      Map<String, Path> binds,
      Map<String, Path> hostFiles,
      boolean sharesKernel) {
    SandboxRecord record = SandboxRecord.of(spec);
    ObjectNode node = Json.MAPPER.createObjectNode();
    node.put("ociVersion", VERSION);
    node.set("process", ProcessSection.of(spec, image, user, TimeZones.hostName()));
    node.putObject("root").put("path", "rootfs").put("readonly", spec.hardening().readOnlyRoot());
    node.put("hostname", record.hostName());
    node.set("mounts", MountSection.of(spec, binds, hostFiles, timeZones.file(spec.timeZone())));
    node.set("linux", linux.of(spec, HostCgroups.group(namespace, spec.id()), sharesKernel));
    node.putObject("annotations").put(SandboxRecord.ANNOTATION, record.text());
    return node;
  }
}

package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxSpec;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.RuntimeInfo.Capability;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a container's spec from what the user wants and what the bridge needs. Thread-safe. */
final class SpecComposer {
  private static final String BRIDGE = "/opt/warren/bridge";
  private static final String CLIENT_CA = "/opt/warren/client-ca.pem";
  private static final String SOCKET_DIRECTORY = "/run/warren";
  private static final String DATA = "/data";
  private static final int EXECUTABLE = 0555;
  private static final int READABLE = 0444;
  private static final ImageRef NO_IMAGE = ImageRef.parse("localhost/none:none");

  private final RuntimeInfo runtime;
  private final SandboxLayout layout;
  private final String manager;
  private final long stopGraceMillis;

  SpecComposer(RuntimeInfo runtime, SandboxLayout layout, String manager, long stopGraceMillis) {
    this.runtime = runtime;
    this.layout = layout;
    this.manager = manager;
    this.stopGraceMillis = stopGraceMillis;
  }

  ContainerSpec compose(BotId bot, SandboxSpec spec, Transport transport, Optional<Path> clientCa) {
    requireDataCanBeWritten(bot, spec);
    String id = Labels.containerId(bot);
    ContainerSpec.Builder builder =
        ContainerSpec.builder(id, image(bot, spec), command(id, transport))
            .env(spec.env())
            .labels(Labels.of(bot, manager, transport, spec.labels()))
            .user(spec.user())
            .limits(spec.limits())
            .network(spec.network())
            .dns(spec.dns())
            .timeZone(spec.timeZone().map(ZoneId::getId))
            .hostName(bot.value())
            .hardening(spec.hardening())
            .runtimeName(spec.runtimeName())
            .gpus(spec.gpus());
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    if (runtime.can(Capability.SHARED_HOST)) {
      mounts.addAll(ownMounts(id, spec, transport, clientCa));
    } else {
      builder.files(ownFiles(id, clientCa));
    }
    return builder.mounts(mounts).build();
  }

  private void requireDataCanBeWritten(BotId bot, SandboxSpec spec) {
    if (spec.hardening().readOnlyRoot() && !runtime.can(Capability.SHARED_HOST)) {
      throw SandboxException.of(SandboxException.Code.UNSUPPORTED, "start", bot.value())
          .backend(runtime.name())
          .detail("with a read-only root, its data would lie on this host, which the engine lacks")
          .remedy("leave the root writable, or use an engine of this host")
          .build();
    }
  }

  /** Whether the data lies beside the container: its root is read-only or not writable for it. */
  static boolean separateData(SandboxSpec spec) {
    return spec.hardening().readOnlyRoot() || spec.user().isPresent();
  }

  private List<Mount> ownMounts(
      String id, SandboxSpec spec, Transport transport, Optional<Path> clientCa) {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount.Bind(layout.bridge(id), BRIDGE, true));
    clientCa.ifPresent(path -> mounts.add(new Mount.Bind(path, CLIENT_CA, true)));
    if (transport == Transport.UNIX) {
      mounts.add(new Mount.Bind(layout.socketDirectory(id), SOCKET_DIRECTORY, false));
    }
    if (separateData(spec)) {
      mounts.add(new Mount.Bind(layout.data(id), DATA, false));
    }
    return mounts;
  }

  private List<InitialFile> ownFiles(String id, Optional<Path> clientCa) {
    List<InitialFile> files = new ArrayList<>();
    files.add(new InitialFile(BRIDGE, EXECUTABLE, layout.bridge(id)));
    clientCa.ifPresent(path -> files.add(new InitialFile(CLIENT_CA, READABLE, path)));
    return files;
  }

  private List<String> command(String id, Transport transport) {
    List<String> words = new ArrayList<>(List.of(BRIDGE, "init", "--sandbox-id", id));
    words.addAll(List.of("--root", DATA, "--stop-grace-millis", Long.toString(stopGraceMillis)));
    switch (transport) {
      case UNIX -> words.addAll(List.of("--listen", "unix:" + SOCKET_DIRECTORY + "/s"));
      case TCP ->
          words.addAll(
              List.of("--listen", "tcp:0.0.0.0:" + Transport.PORT, "--client-ca", CLIENT_CA));
    }
    return words;
  }

  private ImageRef image(BotId bot, SandboxSpec spec) {
    if (spec.image().isPresent()) {
      return spec.image().get();
    }
    if (runtime.can(Capability.IMAGES)) {
      throw SandboxException.of(SandboxException.Code.INVALID_ARGUMENT, "start", bot.value())
          .backend(runtime.name())
          .detail("no image is set")
          .remedy("set one with BotContainerManager.builder(…).image(…)")
          .build();
    }
    return NO_IMAGE;
  }
}

package dev.warren.docker.internal.container;

import dev.warren.Hardening;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.client.EngineVersion;
import dev.warren.spi.SeccompProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/**
 * The filter of system calls, as an engine takes it: Docker takes the profile itself, Podman the
 * path of a file on its own host. Thread-safe.
 */
final class SeccompOption {
  private static final String OPERATION = "check container";
  private static final String NAME = "seccomp=";

  private final EngineVersion version;
  private final boolean sharedHost;
  private final StateDirectory state;

  SeccompOption(EngineVersion version, boolean sharedHost, StateDirectory state) {
    this.version = version;
    this.sharedHost = sharedHost;
    this.state = state;
  }

  /**
   * The option for {@code SecurityOpt}.
   *
   * @throws SandboxException {@code UNSUPPORTED} for Podman on another host; {@code
   *     RESOURCE_EXHAUSTED} when the file for Podman cannot be written
   */
  String of(Hardening hardening, String id) {
    if (!hardening.seccomp()) {
      return NAME + "unconfined";
    }
    String profile = SeccompProfile.json(version.architecture());
    return NAME + (version.podman() ? file(profile, id) : profile);
  }

  private Path file(String profile, String id) {
    if (!sharedHost) {
      throw DockerErrors.error(Code.UNSUPPORTED, OPERATION, id)
          .detail("Podman reads system call filters from files of its own host only")
          .remedy("use Podman on this host, or Docker")
          .build();
    }
    byte[] bytes = profile.getBytes(StandardCharsets.UTF_8);
    try {
      // Containers name it for as long as they live, so another profile is another file.
      Path target =
          state
              .directory("docker")
              .resolve("seccomp-" + Integer.toHexString(Arrays.hashCode(bytes)) + ".json");
      if (!Files.exists(target) || !Arrays.equals(Files.readAllBytes(target), bytes)) {
        Path fresh = Files.createTempFile(target.getParent(), "seccomp", ".tmp");
        Files.write(fresh, bytes);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      }
      return target;
    } catch (IOException e) {
      throw DockerErrors.error(Code.RESOURCE_EXHAUSTED, OPERATION, id)
          .detail("the system call filter cannot be written to the state directory")
          .cause(e)
          .build();
    }
  }
}

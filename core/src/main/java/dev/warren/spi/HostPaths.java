package dev.warren.spi;

import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps paths out of sandboxes that would give them the host, whatever a mount policy allows. A
 * backend asks at each start and mounts what {@link #resolve} answers, never the path it asked for:
 * a link may have been changed since. Immutable and thread-safe.
 *
 * <p>Refused are the root directory; the trees of the kernel, the devices, the host's configuration
 * and its engines; whatever contains one of those; engine sockets under any name of theirs, and
 * directories that hold one; directories of keys such as {@code .ssh}; the home directories as a
 * whole.
 */
public final class HostPaths {
  /** Refused with all below and all above. */
  private static final List<String> TREES =
      List.of(
          "/proc",
          "/sys",
          "/dev",
          "/boot",
          "/etc",
          "/run/buildkit",
          "/run/containerd",
          "/run/cri-dockerd.sock",
          "/run/crio",
          "/run/dbus",
          "/run/docker",
          "/run/docker.sock",
          "/run/dockershim.sock",
          "/run/k3s",
          "/run/podman",
          "/run/systemd",
          "/var/lib/containerd",
          "/var/lib/containers",
          "/var/lib/docker",
          "/var/lib/kubelet",
          "/var/lib/rancher");

  /** Refused with all above; what is below is for the mount policy. */
  private static final List<String> HOMES = List.of("/root", "/home");

  private static final Set<String> KEY_DIRECTORIES =
      Set.of(".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker");

  private static final List<String> ENGINE_SOCKETS =
      List.of(
          "docker.sock",
          "podman.sock",
          "podman/podman.sock",
          "containerd.sock",
          "containerd/containerd.sock",
          "buildkitd.sock",
          "crio.sock",
          "cri-dockerd.sock");

  /** Where Warren mounts its own things; only there can a path of the state directory appear. */
  private static final List<String> OWN_TARGETS = List.of("/opt/warren", "/run/warren");

  private final List<Path> trees;
  private final Path state;

  private HostPaths(List<Path> trees, Path state) {
    this.trees = trees;
    this.state = state;
  }

  /**
   * Starts from the general rules.
   *
   * @param state the state directory: reachable only for mounts below {@code /opt/warren} and
   *     {@code /run/warren}, where Warren's own are
   * @param engine more paths to refuse, such as the socket and the storage of the engine in use
   */
  public static HostPaths protecting(StateDirectory state, List<Path> engine) {
    List<Path> trees = new ArrayList<>(TREES.stream().map(Path::of).toList());
    for (Path path : engine) {
      trees.add(realOrSame(path));
    }
    return new HostPaths(List.copyOf(trees), state.path());
  }

  /**
   * Follows all links of a bind mount's source and checks what comes out.
   *
   * @return the path to mount, without links
   * @throws SandboxException {@code PERMISSION_DENIED} when it is refused, {@code NOT_FOUND} when
   *     there is nothing
   */
  public Path resolve(Mount.Bind mount) {
    Path real;
    try {
      real = mount.source().toRealPath();
    } catch (NoSuchFileException e) {
      throw error(SandboxException.Code.NOT_FOUND, mount, "its host path does not exist", e);
    } catch (IOException e) {
      throw error(
          SandboxException.Code.PERMISSION_DENIED, mount, "its host path cannot be read", e);
    }
    if (isRefused(real) || isForeignState(real, mount.target())) {
      throw error(
          SandboxException.Code.PERMISSION_DENIED,
          mount,
          "its host path gives access to the host or to an engine and is never mounted",
          null);
    }
    return real;
  }

  private boolean isRefused(Path real) {
    if (real.getNameCount() == 0 || holdsEngineSocket(real)) {
      return true;
    }
    for (Path name : real) {
      if (KEY_DIRECTORIES.contains(name.toString())) {
        return true;
      }
    }
    return trees.stream().anyMatch(tree -> real.startsWith(tree) || tree.startsWith(real))
        || HOMES.stream().anyMatch(home -> Path.of(home).startsWith(real))
        || real.equals(realOrSame(Path.of(System.getProperty("user.home"))));
  }

  private boolean isForeignState(Path real, String target) {
    Path realState = realOrSame(state);
    if (realState.startsWith(real)) {
      return true;
    }
    Path inside = Path.of(target);
    return real.startsWith(realState)
        && OWN_TARGETS.stream().noneMatch(own -> inside.startsWith(own));
  }

  private static boolean holdsEngineSocket(Path real) {
    String name = String.valueOf(real.getFileName());
    return ENGINE_SOCKETS.stream()
        .anyMatch(socket -> socket.equals(name) || Files.exists(real.resolve(socket)));
  }

  private static Path realOrSame(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path.toAbsolutePath().normalize();
    }
  }

  private static SandboxException error(
      SandboxException.Code code, Mount.Bind mount, String detail, @Nullable Throwable cause) {
    return SandboxException.of(code, "check mount", mount.target())
        .detail(detail)
        .cause(cause)
        .build();
  }
}

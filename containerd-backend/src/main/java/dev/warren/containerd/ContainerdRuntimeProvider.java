package dev.warren.containerd;

import dev.warren.Finding;
import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.network.Attachments;
import dev.warren.spi.Examination;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import java.nio.file.Path;
import java.util.List;

/** Finds containerd at its usual place. */
public final class ContainerdRuntimeProvider implements SandboxRuntimeProvider {
  private static final String SNAPSHOTTERS = "io.containerd.snapshotter.v1";
  private static final String SNAPSHOTTER = "overlayfs";

  private final Path socket;
  private final CniOptions cni;

  /** For {@code ServiceLoader}. */
  public ContainerdRuntimeProvider() {
    this(ContainerdRuntime.Builder.standardSocket(), CniOptions.defaults());
  }

  ContainerdRuntimeProvider(Path socket, CniOptions cni) {
    this.socket = socket;
    this.cni = cni;
  }

  @Override
  public String name() {
    return ContainerdRuntime.NAME;
  }

  @Override
  public Availability probe() {
    try (ContainerdClient client = ContainerdClient.open(socket.toAbsolutePath(), "warren")) {
      String version = client.version().text();
      if (!client.hasPlugin(SNAPSHOTTERS, SNAPSHOTTER)) {
        return new Availability.Unavailable(
            "containerd " + version + " has no working snapshotter " + SNAPSHOTTER);
      }
      String missing = Attachments.missing(cni.settings());
      return new Availability.Available(
          "containerd "
              + version
              + (missing.isEmpty() ? "" : "; only without networks: " + missing));
    } catch (SandboxException e) {
      return new Availability.Unavailable(e.getMessage());
    }
  }

  /**
   * The version of the daemon that answers, whether it serves CRI, the room in its data directory,
   * and the CNI plugins.
   */
  @Override
  public List<Finding> examine(Examination examination) {
    return new EngineExamination(socket, cni, SNAPSHOTTER).look(examination);
  }

  @Override
  public SandboxRuntime open(StateDirectory stateDirectory) {
    return ContainerdRuntime.builder().socket(socket).stateDirectory(stateDirectory).build();
  }
}

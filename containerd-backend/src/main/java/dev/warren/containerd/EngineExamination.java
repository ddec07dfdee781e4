package dev.warren.containerd;

import com.google.protobuf.Empty;
import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.SandboxException;
import dev.warren.containerd.internal.api.introspection.Plugin;
import dev.warren.containerd.internal.api.introspection.PluginsRequest;
import dev.warren.containerd.internal.api.version.VersionResponse;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.network.CniExamination;
import dev.warren.engine.internal.thread.DaemonThreads;
import dev.warren.spi.Examination;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What the doctor hears of the daemon that answers, and of what it needs. */
final class EngineExamination {
  private static final String OPERATION = "examine the engine";

  private final Path socket;
  private final CniOptions cni;
  private final String snapshotter;

  EngineExamination(Path socket, CniOptions cni, String snapshotter) {
    this.socket = socket;
    this.cni = cni;
    this.snapshotter = snapshotter;
  }

  List<Finding> look(Examination examination) {
    List<Finding> findings = new ArrayList<>();
    try (ContainerdClient client = ContainerdClient.open(socket.toAbsolutePath(), "warren")) {
      VersionResponse version =
          client.call(
              OPERATION, "", () -> client.stubs().version().version(Empty.getDefaultInstance()));
      findings.add(
          examination.version("containerd", version.getVersion() + " " + version.getRevision()));
      List<Plugin> plugins =
          client.call(
              OPERATION,
              "",
              () ->
                  client
                      .stubs()
                      .introspection()
                      .plugins(PluginsRequest.getDefaultInstance())
                      .getPluginsList());
      findings.add(cri(plugins));
      plugins.stream()
          .filter(plugin -> plugin.getType().equals("io.containerd.snapshotter.v1"))
          .filter(plugin -> plugin.getId().equals(snapshotter))
          .map(plugin -> plugin.getExportsOrDefault("root", ""))
          .filter(root -> root.startsWith("/"))
          .findFirst()
          .map(
              root ->
                  examination.space(
                      "space.containerd", "the data directory of containerd", Path.of(root)))
          .ifPresent(findings::add);
    } catch (SandboxException e) {
      // That it does not answer is what the probe says; what was found until then stands.
    }
    ExecutorService readers =
        Executors.newCachedThreadPool(DaemonThreads.named("warren-containerd-doctor"));
    try {
      findings.add(CniExamination.look(cni.settings(), readers));
    } finally {
      readers.shutdownNow();
    }
    return findings;
  }

  private static Finding cri(List<Plugin> plugins) {
    boolean on =
        plugins.stream()
            .filter(plugin -> !plugin.hasInitErr())
            .anyMatch(
                plugin ->
                    plugin.getId().equals("cri")
                        || plugin.getType().startsWith("io.containerd.cri."));
    return on
        ? Finding.of("containerd.cri", Severity.INFO, "containerd also serves Kubernetes (CRI)")
            .withRemedy(
                "where nobody uses that, put it into disabled_plugins: Warren does not need it")
        : Finding.of("containerd.cri", Severity.OK, "containerd does not serve Kubernetes (CRI)");
  }
}

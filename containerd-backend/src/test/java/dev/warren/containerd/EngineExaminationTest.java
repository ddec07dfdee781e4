package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.containerd.internal.api.introspection.IntrospectionGrpc;
import dev.warren.containerd.internal.api.introspection.Plugin;
import dev.warren.containerd.internal.api.introspection.PluginsRequest;
import dev.warren.containerd.internal.api.introspection.PluginsResponse;
import dev.warren.containerd.internal.api.version.VersionGrpc;
import dev.warren.containerd.internal.api.version.VersionResponse;
import dev.warren.containerd.internal.client.FakeDaemon;
import dev.warren.spi.Examination;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EngineExaminationTest {
  private static final Plugin OVERLAY =
      Plugin.newBuilder()
          .setType("io.containerd.snapshotter.v1")
          .setId("overlayfs")
          .putExports("root", "/data/of/containerd")
          .build();
  private static final Plugin CRI =
      Plugin.newBuilder().setType("io.containerd.grpc.v1").setId("cri").build();

  @TempDir Path directory;
  private Path socket;
  private Path plugins;

  @BeforeEach
  void places() throws IOException {
    socket = directory.resolve("c.sock");
    plugins = Files.createDirectory(directory.resolve("cni"));
  }

  private List<Finding> look() {
    return new ContainerdRuntimeProvider(socket, CniOptions.defaults().withBinDirectories(plugins))
        .examine(new Echo());
  }

  private Finding only(String id) {
    return look().stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  private void plugin(String name, String script) throws IOException {
    Path file = plugins.resolve(name);
    Files.writeString(file, "#!/bin/sh\ncat > /dev/null\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void daemonThatAnswers_isJudgedWithItsRevision_andItsDataDirectory() throws IOException {
    try (FakeDaemon daemon =
        new FakeDaemon(
            socket, new Version("1.6.20~ds1", "1.6.20~ds1-1+deb12u3"), new Plugins(OVERLAY))) {
      assertThat(only("containerd.version").found())
          .isEqualTo("containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3");
      assertThat(only("space.containerd").found())
          .isEqualTo("the data directory of containerd at /data/of/containerd");
      assertThat(only("containerd.cri").severity()).isEqualTo(Severity.OK);
      assertThat(daemon.headers()).isNotEmpty();
    }
  }

  @Test
  void daemonThatServesKubernetes_isSaid() throws IOException {
    try (FakeDaemon daemon =
        new FakeDaemon(socket, new Version("2.3.2", "x"), new Plugins(OVERLAY, CRI))) {
      assertThat(only("containerd.cri").severity()).isEqualTo(Severity.INFO);
      assertThat(daemon.headers()).isNotEmpty();
    }
  }

  @Test
  void daemonThatIsAway_leavesTheCniPlugins() {
    assertThat(look()).extracting(Finding::id).containsExactly("containerd.cni");
  }

  @Test
  void cniPlugins_thatAreMissing_warn() {
    Finding cni = only("containerd.cni");
    assertThat(cni.severity()).isEqualTo(Severity.WARN);
    assertThat(cni.found()).contains("'bridge' is not installed");
    assertThat(cni.remedy()).isPresent();
  }

  @Test
  void cniPlugins_thatAnswer_tellWhatTheySpeak() throws IOException {
    String versions =
        "echo '{\"cniVersion\":\"1.0.0\",\"supportedVersions\":[\"0.4.0\",\"1.0.0\"]}'";
    plugin("bridge", versions);
    plugin("host-local", versions);
    Finding cni = only("containerd.cni");
    assertThat(cni.severity()).as(cni.found()).isEqualTo(Severity.OK);
    assertThat(cni.found()).contains("bridge speaks CNI up to 1.0.0");
  }

  @Test
  void cniPlugin_thatIsBroken_fails_withoutItsPath() throws IOException {
    plugin("bridge", "exit 1");
    plugin("host-local", "echo garbage");
    Finding cni = only("containerd.cni");
    assertThat(cni.severity()).isEqualTo(Severity.FAIL);
    assertThat(cni.found()).contains("'bridge'").doesNotContain(directory.toString());
  }

  @Test
  void cniPlugin_thatHangs_isGivenUp() throws IOException {
    plugin("bridge", "exec sleep 86400");
    plugin("host-local", "exec sleep 86400");
    assertThat(only("containerd.cni").found()).contains("did not end");
  }

  private static final class Echo implements Examination {
    @Override
    public Finding version(String program, String version) {
      return Finding.of(program + ".version", Severity.OK, program + " " + version);
    }

    @Override
    public Finding space(String id, String role, Path place) {
      return Finding.of(id, Severity.OK, role + " at " + place);
    }
  }

  private static final class Version extends VersionGrpc.VersionImplBase {
    private final VersionResponse answer;

    Version(String version, String revision) {
      this.answer = VersionResponse.newBuilder().setVersion(version).setRevision(revision).build();
    }

    @Override
    public void version(Empty request, StreamObserver<VersionResponse> observer) {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }

  private static final class Plugins extends IntrospectionGrpc.IntrospectionImplBase {
    private final PluginsResponse answer;

    Plugins(Plugin... plugins) {
      this.answer = PluginsResponse.newBuilder().addAllPlugins(List.of(plugins)).build();
    }

    @Override
    public void plugins(PluginsRequest request, StreamObserver<PluginsResponse> observer) {
      observer.onNext(answer);
      observer.onCompleted();
    }
  }
}

package dev.warren.containerd.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.warren.ImageRef;
import dev.warren.containerd.internal.api.version.VersionGrpc;
import dev.warren.containerd.internal.api.version.VersionResponse;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.FakeDaemon;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.registry.RegistrySettings;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferPullTest {
  private static final ImageRef PLAIN = ImageRef.parse("plain.example:5000/app:1");
  private static final ImageRef LOOPBACK = ImageRef.parse("127.0.0.1:5000/app:1");
  private static final ImageRef SECURE = ImageRef.parse("secure.example/app:1");
  private static final ImageRef MIRRORED = ImageRef.parse("mirrored.example/app:1");

  @TempDir Path directory;

  @Test
  void canReach_whereTheDaemonKnowsTlsOnly_leavesPlainRegistriesToThisProcess() throws Exception {
    assertThat(reachable("v1.7.35")).containsExactly(SECURE);
  }

  @Test
  void canReach_whereTheDaemonIsToldTheScheme_isTrueForPlainOnesToo() throws Exception {
    assertThat(reachable("v2.0.0")).containsExactly(PLAIN, LOOPBACK, SECURE);
  }

  private List<ImageRef> reachable(String version) throws Exception {
    Path socket = directory.resolve("s");
    RegistrySettings settings =
        RegistrySettings.defaults()
            .withDockerConfig(Optional.empty())
            .withPlainHttp(Set.of("plain.example:5000"))
            .withMirrors(Map.of("mirrored.example", List.of(URI.create("https://mirror.example"))));
    try (FakeDaemon daemon = new FakeDaemon(socket, new Versioned(version));
        ContainerdClient client = ContainerdClient.open(socket, "test")) {
      TransferPull transfer = new TransferPull(client, "overlayfs", new Registries(settings));
      List<ImageRef> found =
          List.of(PLAIN, LOOPBACK, SECURE, MIRRORED).stream().filter(transfer::canReach).toList();
      assertThat(daemon.headers()).isNotEmpty();
      return found;
    }
  }

  private static final class Versioned extends VersionGrpc.VersionImplBase {
    private final String version;

    Versioned(String version) {
      this.version = version;
    }

    @Override
    public void version(Empty request, StreamObserver<VersionResponse> out) {
      out.onNext(VersionResponse.newBuilder().setVersion(version).build());
      out.onCompleted();
    }
  }
}

package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.SandboxRuntimeProvider.Availability.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerRuntimeProviderTest {
  @TempDir Path directory;

  private static String reason(Map<String, String> environment) {
    return ((Unavailable) new DockerRuntimeProvider(environment).probe()).reason();
  }

  @Test
  void serviceLoader_findsIt() {
    assertThat(ServiceLoader.load(SandboxRuntimeProvider.class))
        .anySatisfy(provider -> assertThat(provider.name()).isEqualTo("docker"));
  }

  @Test
  void probe_missingSocket_saysSoAndHidesThePath() {
    Path socket = directory.resolve("none.sock");
    assertThat(reason(Map.of("DOCKER_HOST", "unix://" + socket)))
        .contains("the engine's socket does not exist")
        .contains("start Docker")
        .doesNotContain(socket.toString());
  }

  @Test
  void probe_noSocket_saysSo() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(reason(Map.of("DOCKER_HOST", "unix://" + file))).contains("is no socket");
  }

  @Test
  void probe_tcpWithoutTls_isRefusedWithoutBeingTried() {
    assertThat(reason(Map.of("DOCKER_HOST", "tcp://127.0.0.1:1"))).contains("TCP without TLS");
  }

  @Test
  void probe_ssh_isUnsupported() {
    assertThat(reason(Map.of("DOCKER_HOST", "ssh://somewhere"))).contains("not ssh://");
  }

  @Test
  void probe_missingTlsFiles_namesWhichAndNoPath() {
    assertThat(
            reason(
                Map.of(
                    "DOCKER_HOST",
                    "tcp://127.0.0.1:1",
                    "DOCKER_TLS_VERIFY",
                    "1",
                    "DOCKER_CERT_PATH",
                    directory.toString())))
        .contains("the CA's certificate does not exist")
        .doesNotContain(directory.toString());
  }
}

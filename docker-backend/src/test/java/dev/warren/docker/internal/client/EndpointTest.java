package dev.warren.docker.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.Endpoint.TlsFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
  private static final Optional<TlsFiles> TLS =
      Optional.of(new TlsFiles(Path.of("/a"), Path.of("/b"), Path.of("/c")));

  private static void refused(Code code, String address, Optional<TlsFiles> tls, boolean insecure) {
    assertThatThrownBy(() -> Endpoint.of(address, tls, insecure))
        .isInstanceOfSatisfying(
            SandboxException.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  @Test
  void of_unix_isASocket() {
    Endpoint endpoint = Endpoint.of("unix:///run/docker.sock", Optional.empty(), false);
    assertThat(endpoint.isUnix()).isTrue();
    assertThat(endpoint.socket()).isEqualTo(Path.of("/run/docker.sock"));
    assertThat(endpoint).hasToString("unix socket");
  }

  @ParameterizedTest
  @CsvSource({"tcp://h,tcp://h:2376", "https://h:1,tcp://h:1", "tcp://[::1],tcp://[::1]:2376"})
  void of_tcpWithTls_hasTheUsualPort(String address, String uri) {
    assertThat(Endpoint.of(address, TLS, false).uri()).hasToString(uri);
  }

  @Test
  void of_plainTcp_hasToBeSaidLoudly() {
    refused(Code.INVALID_ARGUMENT, "tcp://h", Optional.empty(), false);
    assertThat(Endpoint.of("tcp://h", Optional.empty(), true).uri()).hasToString("tcp://h:2375");
    refused(Code.INVALID_ARGUMENT, "tcp://h", TLS, true);
  }

  @ParameterizedTest
  @CsvSource({"unix://", "unix://relative/path", "tcp://", "tcp://h/path", "tcp://u@h", "'%'"})
  void of_malformed_isInvalid(String address) {
    refused(Code.INVALID_ARGUMENT, address, Optional.empty(), true);
  }

  @ParameterizedTest
  @CsvSource({"ssh://h", "npipe:////./pipe/docker_engine", "/run/docker.sock"})
  void of_otherKind_isUnsupported(String address) {
    refused(Code.UNSUPPORTED, address, Optional.empty(), true);
  }

  @Test
  void environment_isReadAsTheCommandLineDoes() {
    assertThat(EngineAddress.of(Map.of())).isEqualTo("unix:///var/run/docker.sock");
    Map<String, String> environment =
        Map.of(
            "DOCKER_HOST",
            "tcp://h",
            "DOCKER_TLS_VERIFY",
            "1",
            "DOCKER_CERT_PATH",
            "/certificates");
    assertThat(EngineAddress.of(environment)).isEqualTo("tcp://h");
    assertThat(EngineAddress.tlsOf(environment).orElseThrow().key())
        .isEqualTo(Path.of("/certificates/key.pem"));
    assertThat(EngineAddress.tlsOf(Map.of("DOCKER_TLS_VERIFY", "1"))).isEmpty();
  }
}

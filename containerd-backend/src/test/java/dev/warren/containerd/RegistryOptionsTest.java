package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.api.introspection.IntrospectionGrpc;
import dev.warren.containerd.internal.api.introspection.Plugin;
import dev.warren.containerd.internal.api.introspection.PluginsRequest;
import dev.warren.containerd.internal.api.introspection.PluginsResponse;
import dev.warren.containerd.internal.api.introspection.ServerResponse;
import dev.warren.containerd.internal.api.namespaces.CreateNamespaceRequest;
import dev.warren.containerd.internal.api.namespaces.CreateNamespaceResponse;
import dev.warren.containerd.internal.api.namespaces.NamespacesGrpc;
import dev.warren.containerd.internal.api.version.VersionGrpc;
import dev.warren.containerd.internal.api.version.VersionResponse;
import dev.warren.containerd.internal.client.FakeDaemon;
import dev.warren.containerd.internal.image.FakeRegistry;
import dev.warren.containerd.internal.image.SampleImage;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That what a user sets is what registries are reached with; the daemon only has to answer. */
class RegistryOptionsTest {
  private static final char[] PASSWORD = "for-tests".toCharArray();

  @TempDir Path directory;
  private final SampleImage sample = SampleImage.of(1, 1_000);
  private FakeRegistry registry;
  private FakeDaemon daemon;

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
    registry.put("1", sample);
    daemon =
        new FakeDaemon(
            directory.resolve("d.sock"), new Version(), new Introspection(), new Namespaces());
  }

  @AfterEach
  void close() throws Exception {
    daemon.close();
    registry.close();
  }

  private static final class Version extends VersionGrpc.VersionImplBase {
    @Override
    public void version(Empty request, StreamObserver<VersionResponse> answer) {
      answer.onNext(VersionResponse.newBuilder().setVersion("2.0.0").build());
      answer.onCompleted();
    }
  }

  private static final class Introspection extends IntrospectionGrpc.IntrospectionImplBase {
    @Override
    public void plugins(PluginsRequest request, StreamObserver<PluginsResponse> answer) {
      answer.onNext(
          PluginsResponse.newBuilder()
              .addPlugins(
                  Plugin.newBuilder().setType("io.containerd.snapshotter.v1").setId("overlayfs"))
              .build());
      answer.onCompleted();
    }

    @Override
    public void server(Empty request, StreamObserver<ServerResponse> answer) {
      answer.onNext(ServerResponse.newBuilder().setUuid("test").build());
      answer.onCompleted();
    }
  }

  private static final class Namespaces extends NamespacesGrpc.NamespacesImplBase {
    @Override
    public void create(
        CreateNamespaceRequest request, StreamObserver<CreateNamespaceResponse> answer) {
      answer.onNext(CreateNamespaceResponse.getDefaultInstance());
      answer.onCompleted();
    }
  }

  private ContainerdRuntime runtime(RegistryOptions options) {
    return ContainerdRuntime.builder()
        .socket(directory.resolve("d.sock"))
        .stateDirectory(StateDirectory.at(directory.resolve("state")))
        .registries(options)
        .build();
  }

  private String digest(RegistryOptions options, String ref) {
    try (ContainerdRuntime runtime = runtime(options)) {
      return runtime.images().resolveDigest(ImageRef.parse(ref), PullOptions.none());
    }
  }

  private static RegistryOptions mirror(String url) {
    return RegistryOptions.defaults().withMirrors(Map.of("127.0.0.1:1", List.of(URI.create(url))));
  }

  @Test
  void mirror_isAskedForItsRegistry() {
    assertThat(digest(mirror(registry.url()), "127.0.0.1:1/app:1")).isEqualTo(sample.digest());
    assertThat(registry.requests()).isNotEmpty();
  }

  @Test
  void withoutMirrors_theRegistryItselfIsAsked() {
    assertThat(digest(RegistryOptions.defaults(), registry.host() + "/app:1"))
        .isEqualTo(sample.digest());
  }

  @Test
  void mirrorThatCannotBe_isRefusedBeforeTheDaemonIsAsked() {
    assertThatThrownBy(() -> runtime(mirror("ftp://mirror.invalid")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    assertThatThrownBy(() -> runtime(mirror("http://mirror.invalid")))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(e).hasMessageContaining("without TLS");
            });
    assertThat(daemon.headers()).isEmpty();
  }

  @Test
  void plainHttp_isSpokenToHostsThatAreNamed() {
    RegistryOptions options = mirror("http://mirror.invalid").withPlainHttp("mirror.invalid");
    try (ContainerdRuntime runtime = runtime(options)) {
      assertThat(runtime.info().name()).isEqualTo("containerd");
    }
  }

  @Test
  void fileWithoutCertificates_isRefused() throws Exception {
    Path empty = Files.writeString(directory.resolve("ca.pem"), "nothing");
    assertThatThrownBy(() -> runtime(RegistryOptions.defaults().withExtraCa(empty)))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT);
              assertThat(e).hasMessageNotContaining(directory.toString());
            });
  }

  @Test
  void registryWithACertificateOfItsOwn_isTrustedWithIt_only() throws Exception {
    KeyStore keys = selfSigned();
    HttpsServer server = secured(keys);
    String url = "https://127.0.0.1:" + server.getAddress().getPort();
    Path pem = Files.writeString(directory.resolve("ca.pem"), pem(keys.getCertificate("test")));
    try {
      assertThat(digest(mirror(url).withExtraCa(pem), "127.0.0.1:1/app:1"))
          .isEqualTo(sample.digest());
      assertThatThrownBy(() -> digest(mirror(url), "127.0.0.1:1/app:1"))
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    } finally {
      server.stop(0);
    }
  }

  /** Answers every question for a manifest by the digest of the sample. */
  private HttpsServer secured(KeyStore keys) throws Exception {
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Docker-Content-Digest", sample.digest());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private KeyStore selfSigned() throws Exception {
    Path file = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-dname",
                "CN=registry of a test",
                "-ext",
                "san=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    return keys;
  }

  private static String pem(Certificate certificate) throws Exception {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
        + "\n-----END CERTIFICATE-----\n";
  }
}

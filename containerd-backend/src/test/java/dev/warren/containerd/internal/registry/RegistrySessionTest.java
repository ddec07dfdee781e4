package dev.warren.containerd.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.warren.ImageRef;
import dev.warren.PullOptions.Credentials;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.image.FakeRegistry;
import dev.warren.containerd.internal.image.SampleImage;
import dev.warren.containerd.internal.manifest.BlobDescriptor;
import dev.warren.engine.internal.retry.RetryPolicy;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrySessionTest {
  private static final RetryPolicy QUICK =
      RetryPolicy.doubling(3, Duration.ofMillis(5), Duration.ofMillis(20));
  private static final String LOGIN =
      "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;
  private final SampleImage sample = SampleImage.of(1, 10_000);
  private FakeRegistry registry;
  private FakeRegistry other;
  private RegistrySettings settings;

  @BeforeEach
  void open() throws Exception {
    registry = new FakeRegistry();
    other = new FakeRegistry();
    registry.put("1", sample);
    settings =
        RegistrySettings.defaults()
            .withDockerConfig(Optional.empty())
            .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(700));
  }

  @AfterEach
  void close() {
    registry.close();
    other.close();
  }

  private RegistrySession session(Optional<Credentials> credentials) {
    return new Registries(settings, QUICK).open(registry.ref("app:1"), credentials);
  }

  private RegistrySession session() {
    return session(Optional.empty());
  }

  private static Optional<Credentials> me() {
    return Optional.of(new Credentials("me", "secret"));
  }

  /** Runs a read as a pull does, so that its error is the caller's. */
  private <T> T read(RetryPolicy.Step<T, java.io.IOException> step) {
    try {
      return step.run();
    } catch (java.io.IOException | InterruptedException e) {
      throw RegistryErrors.map("pull image", "app:1", registry.host(), e);
    }
  }

  private void assertFails(RetryPolicy.Step<?, java.io.IOException> step, Code code, String text) {
    assertThatThrownBy(() -> read(step))
        .asInstanceOf(type(SandboxException.class))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e).hasMessageContaining(text).hasMessageNotContaining("secret");
            });
  }

  /** Lets only requests through that have the header. */
  private void requireHeader(String value, String challenge) {
    registry.misbehave(
        exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/token")
              || value.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return false;
          }
          exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
          return FakeRegistry.answer(exchange, 401, "{}");
        });
  }

  @Test
  void readsManifestAndBlob() throws Exception {
    FetchedManifest manifest = session().manifest();
    BlobDescriptor layer = sample.layers().get(0);

    assertThat(manifest.descriptor().digest()).isEqualTo(sample.digest());
    assertThat(manifest.bytes()).isEqualTo(sample.manifest());
    try (InputStream in = session().blob(layer, 4000)) {
      assertThat(in.readAllBytes()).hasSize((int) layer.size() - 4000);
    }
  }

  @Nested
  class Login {
    @Test
    void byToken_fetchesItOnceForAllRequests() throws Exception {
      requireHeader(
          "Bearer t0ken",
          "Bearer realm=\""
              + other.url()
              + "/token\",service=\"reg, istry\",scope=\"repository:app:pull\"");
      other.misbehave(exchange -> FakeRegistry.answer(exchange, 200, "{\"token\":\"t0ken\"}"));

      RegistrySession session = session(me());
      session.manifest();
      session.blob(sample.layers().get(0), 0).close();

      assertThat(other.requests()).hasSize(1);
      assertThat(other.requests().get(0).header("Authorization")).contains(LOGIN);
    }

    @Test
    void byToken_worksWithoutCredentials() throws Exception {
      requireHeader("Bearer t0ken", "Bearer realm=\"" + other.url() + "/token\"");
      other.misbehave(
          exchange -> FakeRegistry.answer(exchange, 200, "{\"access_token\":\"t0ken\"}"));
      session().manifest();
      assertThat(other.requests().get(0).header("Authorization")).isEmpty();
    }

    @Test
    void directly_sendsCredentials() throws Exception {
      requireHeader(LOGIN, "Basic realm=\"x\"");
      assertThat(session(me()).manifest().descriptor().digest()).isEqualTo(sample.digest());
    }

    @Test
    void withWrongCredentials_isPermissionDenied() {
      requireHeader("Basic never", "Basic realm=\"x\"");
      assertFails(() -> session(me()).manifest(), Code.PERMISSION_DENIED, "does not allow it");
    }

    @Test
    void withoutCredentials_isPermissionDenied() {
      requireHeader(LOGIN, "Basic realm=\"x\"");
      assertFails(() -> session().manifest(), Code.PERMISSION_DENIED, "give credentials");
    }

    @Test
    void refusedByTheTokenService_isPermissionDenied() {
      requireHeader("Bearer t", "Bearer realm=\"" + other.url() + "/token\"");
      other.misbehave(exchange -> FakeRegistry.answer(exchange, 401, "secret wrong"));
      assertThatThrownBy(() -> read(() -> session(me()).manifest()))
          .asInstanceOf(type(SandboxException.class))
          .extracting(SandboxException::code)
          .isEqualTo(Code.PERMISSION_DENIED);
    }

    @Test
    void isTakenFromTheDockerConfiguration() throws Exception {
      Path file = directory.resolve("config.json");
      String auth = LOGIN.substring("Basic ".length());
      Files.writeString(
          file, "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(registry.host(), auth));
      settings = settings.withDockerConfig(Optional.of(file));
      requireHeader(LOGIN, "Basic realm=\"x\"");

      assertThat(session().manifest().descriptor().digest()).isEqualTo(sample.digest());
    }

    @Test
    void isNotSentToAServerItIsRedirectedTo() throws Exception {
      requireHeader(LOGIN, "Basic realm=\"x\"");
      BlobDescriptor layer = sample.layers().get(0);
      other.put(layer.digest(), sample.blobs().get(layer.digest()));
      registry.misbehave(
          exchange -> {
            if (!exchange.getRequestURI().getPath().contains("/blobs/")) {
              return false;
            }
            exchange
                .getResponseHeaders()
                .add("Location", other.url() + exchange.getRequestURI().getPath());
            return FakeRegistry.answer(exchange, 307, "");
          });

      try (InputStream in = session(me()).blob(layer, 0)) {
        assertThat(in.readAllBytes()).hasSize((int) layer.size());
      }
      assertThat(other.requests()).hasSize(1);
      assertThat(other.requests().get(0).header("Authorization")).isEmpty();
    }

    @Test
    void isNotSentToAMirror() throws Exception {
      settings = settings.withMirrors(Map.of(registry.host(), List.of(URI.create(other.url()))));
      other.misbehave(
          exchange -> {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
            return FakeRegistry.answer(exchange, 401, "{}");
          });
      session(me()).manifest();
      assertThat(other.requests()).allMatch(r -> r.header("Authorization").isEmpty());
    }
  }

  @Nested
  class Failure {
    @ParameterizedTest
    @CsvSource({
      "404, NOT_FOUND, 1",
      "403, PERMISSION_DENIED, 1",
      "429, UNAVAILABLE, 3",
      "500, UNAVAILABLE, 3",
      "503, UNAVAILABLE, 3"
    })
    void ofEachStatus_hasItsCodeAndIsRetriedWhereItMayPass(int status, Code code, int tries) {
      registry.misbehave(exchange -> FakeRegistry.answer(exchange, status, "{}"));
      assertFails(() -> session().manifest(), code, "the registry " + registry.host());
      assertThat(registry.requests()).hasSize(tries);
    }

    @Test
    void thatPasses_isNotSeen() throws Exception {
      AtomicInteger count = new AtomicInteger();
      registry.misbehave(
          exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "3600");
            return count.incrementAndGet() < 3 && FakeRegistry.answer(exchange, 503, "");
          });
      assertThat(session().manifest().descriptor().digest()).isEqualTo(sample.digest());
    }

    @Test
    void connectionCutInAManifest_isTriedAgain() throws Exception {
      AtomicInteger count = new AtomicInteger();
      registry.misbehave(
          exchange ->
              count.incrementAndGet() == 1 && FakeRegistry.cut(exchange, sample.manifest(), 20));
      assertThat(session().manifest().descriptor().digest()).isEqualTo(sample.digest());
    }

    @Test
    void registryThatIsNotThere_isUnavailable() {
      registry.close();
      assertFails(() -> session().manifest(), Code.UNAVAILABLE, "cannot be reached");
    }

    @Test
    void registryThatNeverAnswers_isUnavailable() {
      registry.misbehave(
          exchange -> {
            try {
              Thread.sleep(60_000);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return true;
          });
      assertFails(() -> session().manifest(), Code.UNAVAILABLE, "does not answer in time");
    }

    @Test
    void configurationWithAnotherDigest_isDataLoss() {
      String digest = sample.blobs().keySet().stream().findFirst().orElseThrow();
      registry.put(digest, new byte[10]);
      assertFails(
          () -> session().smallBlob(BlobDescriptor.of("x", digest, 10)),
          Code.DATA_LOSS,
          "is something else");
    }

    @Test
    void manifestWithAnotherDigest_isDataLoss() throws Exception {
      SampleImage wanted = SampleImage.of(7, 10);
      registry.put(wanted.digest(), sample.manifest());
      ImageRef ref = registry.ref("app@" + wanted.digest());
      RegistrySession session = new Registries(settings, QUICK).open(ref, Optional.empty());
      assertFails(session::manifest, Code.DATA_LOSS, "is something else");
    }

    @Test
    void manifestThatIsTooLong_isUnsupported() {
      registry.put("1", new byte[(4 << 20) + 1]);
      assertFails(() -> session().manifest(), Code.UNSUPPORTED, "longer than 4 MiB");
    }

    @Test
    void redirectWithoutEnd_isUnavailable() {
      registry.misbehave(
          exchange -> {
            exchange.getResponseHeaders().add("Location", "/v2/again");
            return FakeRegistry.answer(exchange, 302, "");
          });
      assertFails(() -> session().manifest(), Code.UNAVAILABLE, "redirects without an end");
    }
  }

  @Nested
  class Mirrors {
    @BeforeEach
    void mirror() {
      settings = settings.withMirrors(Map.of(registry.host(), List.of(URI.create(other.url()))));
    }

    @Test
    void areAskedFirst() throws Exception {
      other.put("1", sample);
      session().manifest();
      assertThat(registry.requests()).isEmpty();
    }

    @Test
    void thatLackTheImage_arePassedOver() throws Exception {
      assertThat(session().manifest().descriptor().digest()).isEqualTo(sample.digest());
      assertThat(other.requests()).hasSize(1);
    }

    @Test
    void thatSendSomethingElse_arePassedOver() throws Exception {
      BlobDescriptor config = BlobDescriptor.of("x", first(), sample.blobs().get(first()).length);
      other.put(first(), new byte[3]);
      assertThat(session().smallBlob(config)).isEqualTo(sample.blobs().get(first()));
    }

    private String first() {
      return sample.layers().get(0).digest();
    }
  }

  @Test
  void plainHttp_isForLoopbackOrAllowedHostsOnly() {
    assertThat(Endpoint.allowsPlain("localhost:5000", settings)).isTrue();
    assertThat(Endpoint.allowsPlain("127.9.9.9", settings)).isTrue();
    assertThat(Endpoint.allowsPlain("[::1]:5000", settings)).isTrue();
    assertThat(Endpoint.allowsPlain("127.0.0.1.evil.example", settings)).isFalse();
    assertThat(Endpoint.allowsPlain("registry.example", settings)).isFalse();
    assertThat(
            Endpoint.allowsPlain(
                "registry.example", settings.withPlainHttp(java.util.Set.of("registry.example"))))
        .isTrue();
  }

  @Test
  void challenges_areReadWithQuotesAndCommas() {
    List<Challenge> found =
        Challenge.parse(
            List.of("Basic realm=\"a\\\"b\", Bearer realm=\"https://t/x\",scope=\"a,b c\", q=1"));
    assertThat(found).extracting(Challenge::scheme).containsExactly("basic", "bearer");
    assertThat(found.get(0).parameter("realm")).contains("a\"b");
    assertThat(found.get(1).parameters()).containsEntry("scope", "a,b c").containsEntry("q", "1");
  }
}

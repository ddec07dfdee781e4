package dev.warren.docker.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.warren.ImageRef;
import dev.warren.PullOptions;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.DockerRuntime;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.Endpoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls against an engine that says what a test wants. */
class ImagePullTest {
  private static final ImageRef REF = ImageRef.parse("r.example/app:1");

  @TempDir Path directory;
  private ScriptedEngine engine;
  private DockerEngine connection;
  private DockerImages images;

  @BeforeEach
  void open() throws Exception {
    engine = new ScriptedEngine();
    connection = DockerEngine.open(Endpoint.of(engine.address(), Optional.empty(), true));
    images = images(Map.of());
  }

  private DockerImages images(Map<String, List<String>> mirrors) {
    return new DockerImages(connection, mirrors, directory.resolve("none"));
  }

  @AfterEach
  void close() {
    images.close();
    connection.close();
    engine.close();
  }

  private void fails(Code code, String text) {
    Throwable failure = catchThrowable(() -> images.pull(REF, PullOptions.none()));
    assertThat(failure).isInstanceOf(SandboxException.class).hasMessageContaining(text);
    assertThat(((SandboxException) failure).code()).isEqualTo(code);
    assertThat(((SandboxException) failure).backend()).contains(DockerRuntime.NAME);
  }

  @Test
  void errorAfterStatus200_hasItsCause() {
    engine.on(
        "POST /images/create",
        200,
        "{\"status\":\"Pulling from app\",\"id\":\"1\"}\n"
            + "{\"errorDetail\":{\"message\":\"write /x: no space left on device\"},"
            + "\"error\":\"write /x: no space left on device\"}\n");
    fails(Code.RESOURCE_EXHAUSTED, "no space left on device");
  }

  @Test
  void streamThatJustEnds_isUnavailable() {
    engine.on("POST /images/create", 200, "{\"status\":\"Pulling from app\",\"id\":\"1\"}\n");
    fails(Code.UNAVAILABLE, "without saying that it succeeded");
  }

  /** Its account ends with the layers; a failure would be in it. */
  @Test
  void streamThatJustEnds_ofPodman_isSuccess() {
    engine.on(
        "GET /version",
        200,
        "{\"Version\":\"4.3.1\",\"Os\":\"linux\",\"Arch\":\"amd64\",\"Components\":[{\"Name\":\"Podman Engine\"}]}");
    engine.on("POST /images/create", 200, "{\"status\":\"Download complete\",\"id\":\"1\"}\n");
    engine.on("GET /images/" + REF + "/json", 200, "{\"Id\":\"sha256:1\",\"Size\":7}");
    try (DockerEngine podman =
            DockerEngine.open(Endpoint.of(engine.address(), Optional.empty(), true));
        DockerImages podmans = new DockerImages(podman, Map.of(), directory.resolve("none"))) {
      assertThat(podmans.pull(REF, PullOptions.none()).sizeBytes()).isEqualTo(7);
    }
  }

  @Test
  void imageThatIsGoneAfterThePull_isConflict() {
    engine.on("POST /images/create", 200, "{\"status\":\"Status: Image is up to date for x\"}\n");
    fails(Code.CONFLICT, "somebody deleted it");
  }

  @Test
  void credentials_goInAHeaderAndNowhereElse() {
    engine.on("POST /images/create", 401, "{\"message\":\"unauthorized\"}");
    Throwable failure =
        catchThrowable(
            () -> images.pull(REF, PullOptions.none().withCredentials("me", "hidden-secret")));

    String header = engine.header("POST /images/create", "X-Registry-Auth");
    assertThat(new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"username\":\"me\",\"password\":\"hidden-secret\",\"serveraddress\":\"r.example\"}");
    assertThat(engine.requests()).noneMatch(line -> line.contains("hidden-secret"));
    assertThat(failure.toString() + failure.getCause()).doesNotContain("hidden-secret");
  }

  @Test
  void credentialsForTheRegistry_areNotSentForAMirror() {
    images = images(Map.of("r.example", List.of("mirror.example/cache")));
    engine.on("GET /distribution/mirror.example/cache/app:1/json", 404, "{\"message\":\"no\"}");
    engine.on("POST /images/create", 404, "{\"message\":\"no\"}");
    assertThat(
            catchThrowable(
                () -> images.pull(REF, PullOptions.none().withCredentials("me", "hidden-secret"))))
        .isInstanceOf(SandboxException.class);

    assertThat(
            engine.header("GET /distribution/mirror.example/cache/app:1/json", "X-Registry-Auth"))
        .isNull();
    assertThat(engine.header("POST /images/create", "X-Registry-Auth")).isNotNull();
  }

  @Test
  void mirrorThatIsNoHost_isRefusedAtOnce() {
    assertThat(catchThrowable(() -> images(Map.of("r.example", List.of("https://m.example")))))
        .isInstanceOf(SandboxException.class)
        .extracting(failure -> ((SandboxException) failure).code())
        .isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void engineThatDoesNotAnswerAnyMore_isUnavailable() {
    engine.close();
    fails(Code.UNAVAILABLE, "the engine does not answer");
  }
}

package dev.warren.docker.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerEngineTest {

  private static SandboxException fails(Code code, ThrowingCallable call) {
    SandboxException[] caught = new SandboxException[1];
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(SandboxException.class, failure -> caught[0] = failure);
    assertThat(caught[0].code()).as(caught[0].toString()).isEqualTo(code);
    return caught[0];
  }

  @ParameterizedTest
  @CsvSource({"1.41,1.41", "1.44,1.44", "1.51,1.51", "1.60,1.51", "2.0,1.51"})
  void open_speaksTheNewestThatBothKnow(String theirs, String spoken) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking(theirs);
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      assertThat(engine.version().api()).hasToString(spoken);
      assertThat(daemon.paths()).containsExactly("/_ping", "/v" + spoken + "/version");
    }
  }

  @Test
  void open_olderThanTheOldest_isUnsupportedAndSaysWhatToDo() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.40")) {
      assertThat(fails(Code.UNSUPPORTED, () -> DockerEngine.open(daemon.endpoint())))
          .hasMessage(
              "open runtime (docker): the engine speaks the Docker API 1.40, 1.41 is needed;"
                  + " update Docker to 20.10 or newer");
    }
  }

  @Test
  void open_engineThatWantsMore_isUnsupported() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.70")) {
      daemon.answer("/version", 200, "{\"MinAPIVersion\":\"1.60\"}");
      assertThat(fails(Code.UNSUPPORTED, () -> DockerEngine.open(daemon.endpoint())))
          .hasMessageContaining("wants the Docker API 1.60");
    }
  }

  @Test
  void open_engineOfWindowsContainers_isUnsupported() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.44")) {
      daemon.answer("/version", 200, "{\"Os\":\"windows\"}");
      fails(Code.UNSUPPORTED, () -> DockerEngine.open(daemon.endpoint()));
    }
  }

  @Test
  void open_somethingElse_isUnavailable() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("")) {
      assertThat(fails(Code.UNAVAILABLE, () -> DockerEngine.open(daemon.endpoint())))
          .hasMessageContaining("does not speak the Docker API");
    }
  }

  @Test
  void open_plainToATlsPort_saysThatTlsIsWanted() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("")) {
      daemon.answer("/_ping", 400, "Client sent an HTTP request to an HTTPS server.\n");
      assertThat(fails(Code.INVALID_ARGUMENT, () -> DockerEngine.open(daemon.endpoint())))
          .hasMessageContaining("the engine wants TLS");
    }
  }

  @Test
  void open_nobodyListens_isUnavailable() throws Exception {
    Endpoint endpoint;
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41")) {
      endpoint = daemon.endpoint();
    }
    fails(Code.UNAVAILABLE, () -> DockerEngine.open(endpoint));
  }

  @Test
  void call_afterTheEngineWentAway_isUnavailable() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      daemon.close();
      fails(Code.UNAVAILABLE, engine::ping);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400,broken,INVALID_ARGUMENT",
    "401,no,PERMISSION_DENIED",
    "403,no,PERMISSION_DENIED",
    "404,none,NOT_FOUND",
    "409,busy,CONFLICT",
    "429,slow down,RESOURCE_EXHAUSTED",
    "500,broken,INTERNAL",
    "500,write x: no space left on device,RESOURCE_EXHAUSTED",
    "501,not here,UNSUPPORTED",
    "503,starting,UNAVAILABLE"
  })
  void get_refused_isMappedByStatusAndWords(int status, String words, Code code) throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      daemon.answer("/x", status, "{\"message\":\"" + words + "\"}");
      assertThat(fails(code, () -> engine.get("try", "it", "/x")))
          .hasMessage("try it (docker): " + words);
    }
  }

  @Test
  void get_notJson_isInternal() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      daemon.answer("/x", 200, "{half");
      fails(Code.INTERNAL, () -> engine.get("try", "it", "/x"));
    }
  }

  @Test
  void message_holdsNoPathOfTheHost() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      daemon.answer("/x", 500, "{\"message\":\"open /srv/secret/file: broken\"}");
      assertThat(fails(Code.INTERNAL, () -> engine.get("try", "it", "/x")))
          .hasMessage("try it (docker): open (path): broken");
    }
  }

  @Test
  void call_longerThanItsTime_isTimeout() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      CountDownLatch never = new CountDownLatch(1);
      fails(
          Code.TIMEOUT, () -> engine.call("try", "it", Duration.ofMillis(10), () -> await(never)));
    }
  }

  @Test
  void call_interrupted_isCancelledWithTheFlagSet() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      CountDownLatch never = new CountDownLatch(1);
      Thread.currentThread().interrupt();
      fails(Code.CANCELLED, () -> engine.call("try", "it", () -> await(never)));
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void change_interruptedBefore_isCancelledAndNotMade() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41");
        DockerEngine engine = DockerEngine.open(daemon.endpoint())) {
      Thread.currentThread().interrupt();
      fails(Code.CANCELLED, () -> engine.change("try", "it", () -> engine.api().pingCmd().exec()));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(daemon.paths()).hasSize(2);
    }
  }

  @Test
  void call_afterClose_isClosed() throws Exception {
    try (FakeDaemon daemon = FakeDaemon.speaking("1.41")) {
      DockerEngine engine = DockerEngine.open(daemon.endpoint());
      engine.close();
      engine.close();
      fails(Code.CLOSED, engine::ping);
    }
  }

  private static boolean await(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return true;
  }
}

package dev.warren.docker.internal.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import org.junit.jupiter.api.Test;

class StartFaultTest {

  private static SandboxException failure(String engineText) {
    return SandboxException.of(Code.INTERNAL, "start", "a")
        .cause(new IllegalStateException("Status 500: {\"message\":\"" + engineText + "\"}"))
        .build();
  }

  @Test
  void remainsOfAnEarlierStart_areKnown_andUnavailableWithARemedy() {
    SandboxException failure =
        failure("failed to start shim: mkdir /run/x/tasks/a: file exists: unknown");
    assertThat(StartFault.isOfRemains(failure)).isTrue();
    SandboxException told = StartFault.explain("a", failure);
    assertThat(told.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(told).hasMessageContaining("start it again").hasMessageNotContaining("/run/x");
  }

  @Test
  void remains_areKnownInTheWordsOfNewerEnginesToo() {
    assertThat(
            StartFault.isOfRemains(
                failure("failed to create task for container: mkdir /run/x/a: file exists")))
        .isTrue();
  }

  @Test
  void remains_ofTheOciRuntime_areKnown() {
    assertThat(
            StartFault.isOfRemains(
                failure("runc create failed: container with given ID already exists")))
        .isTrue();
  }

  @Test
  void anotherFailure_isNoneOfRemains() {
    assertThat(StartFault.isOfRemains(failure("cannot allocate memory"))).isFalse();
  }
}

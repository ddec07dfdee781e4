package dev.warren.containerd.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.fault.EngineText;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContainerdErrorsTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, INVALID_ARGUMENT",
    "OUT_OF_RANGE, INVALID_ARGUMENT",
    "NOT_FOUND, NOT_FOUND",
    "ALREADY_EXISTS, ALREADY_EXISTS",
    "FAILED_PRECONDITION, CONFLICT",
    "ABORTED, CONFLICT",
    "PERMISSION_DENIED, PERMISSION_DENIED",
    "UNAUTHENTICATED, PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED, RESOURCE_EXHAUSTED",
    "UNAVAILABLE, UNAVAILABLE",
    "DEADLINE_EXCEEDED, TIMEOUT",
    "CANCELLED, CANCELLED",
    "UNIMPLEMENTED, UNSUPPORTED",
    "DATA_LOSS, DATA_LOSS",
    "INTERNAL, INTERNAL",
    "UNKNOWN, INTERNAL",
  })
  void code_ofEachStatus(Status.Code status, Code code) {
    SandboxException error =
        ContainerdErrors.map("start", "bot-42", status.toStatus().asRuntimeException());

    assertThat(error.code()).isEqualTo(code);
    assertThat(error.operation()).isEqualTo("start");
    assertThat(error.subject()).isEqualTo("bot-42");
    assertThat(error.backend()).contains("containerd");
    assertThat(error).hasMessageStartingWith("start bot-42 (containerd): ");
  }

  @Test
  void fullDisk_isResourceExhausted_thoughTheDaemonSaysUnknown() {
    Status status = Status.UNKNOWN.withDescription("write /var/x: no space left on device");
    assertThat(ContainerdErrors.code(status)).isEqualTo(Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void lostConnection_isSaidAsSuch_whateverGrpcCallsIt() {
    var failure =
        Status.UNKNOWN
            .withDescription("channel closed")
            .withCause(new ClosedChannelException())
            .asRuntimeException();

    SandboxException error = ContainerdErrors.map("start", "bot-42", failure);

    assertThat(error.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(error).hasMessageContaining("the daemon does not answer");
  }

  @Test
  void message_hasTheDaemonsWordsWithoutPaths_andTheCauseHasAll() {
    var failure =
        Status.UNKNOWN
            .withDescription(
                "failed to mount overlay: open /var/lib/containerd/x/1:\n unix:///run/c.sock:"
                    + " image host.example/app/x:1@sha256:ab is bad")
            .asRuntimeException();

    SandboxException error = ContainerdErrors.map("start", "bot-42", failure);

    assertThat(error)
        .hasMessage(
            "start bot-42 (containerd): failed to mount overlay: open (path): (path):"
                + " image host.example/app/x:1@sha256:ab is bad")
        .hasCause(failure);
    assertThat(ContainerdErrors.daemonText(error)).contains("/var/lib/containerd/x/1");
  }

  @Test
  void message_isBounded() {
    assertThat(EngineText.withoutPaths("x".repeat(5000))).hasSizeLessThan(400);
  }

  @Test
  void isNotFound_seesThroughBothKindsOfErrors() {
    var grpc = Status.NOT_FOUND.asRuntimeException();
    assertThat(ContainerdErrors.isNotFound(grpc)).isTrue();
    assertThat(ContainerdErrors.isNotFound(ContainerdErrors.map("a", "b", grpc))).isTrue();
    assertThat(ContainerdErrors.isNotFound(new IllegalStateException())).isFalse();
  }

  @Test
  void map_leavesKnownErrorsAsTheyAre() {
    SandboxException known = SandboxException.invalid("a", "b", "c");
    assertThat(ContainerdErrors.map("x", "y", known)).isSameAs(known);
  }
}

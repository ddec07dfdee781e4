package dev.warren.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusMapperTest {

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT,INVALID_ARGUMENT",
    "OUT_OF_RANGE,INVALID_ARGUMENT",
    "NOT_FOUND,NOT_FOUND",
    "ALREADY_EXISTS,ALREADY_EXISTS",
    "ABORTED,CONFLICT",
    "FAILED_PRECONDITION,CONFLICT",
    "PERMISSION_DENIED,PERMISSION_DENIED",
    "UNAUTHENTICATED,PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED,RESOURCE_EXHAUSTED",
    "UNAVAILABLE,UNAVAILABLE",
    "DEADLINE_EXCEEDED,TIMEOUT",
    "CANCELLED,CANCELLED",
    "UNIMPLEMENTED,UNSUPPORTED",
    "DATA_LOSS,DATA_LOSS",
    "UNKNOWN,INTERNAL",
    "INTERNAL,INTERNAL",
    "OK,INTERNAL",
  })
  void map_everyStatusHasItsCode(Status.Code status, Code code) {
    assertThat(StatusMapper.map("read", "bot:f", status.toStatus(), null).code()).isEqualTo(code);
  }

  @Test
  void map_everyStatusIsInTheTable() {
    for (Status.Code code : Status.Code.values()) {
      assertThat(StatusMapper.code(code)).isNotNull();
    }
  }

  @Test
  void map_keepsReasonOperationSubjectAndText() {
    Metadata trailers = new Metadata();
    trailers.put(StatusMapper.REASON, "IS_DIRECTORY");
    SandboxException mapped =
        StatusMapper.map(
            "read", "bot:f", Status.INVALID_ARGUMENT.withDescription("it is one"), trailers);
    assertThat(mapped).hasMessage("read bot:f: it is one");
    assertThat(mapped.reason()).hasValue("IS_DIRECTORY");
    assertThat(mapped.operation()).isEqualTo("read");
    assertThat(mapped.subject()).isEqualTo("bot:f");
  }

  @Test
  void map_transportFailure_namesNoPathOfTheHost() {
    Status lost =
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new IOException("/secret/path/s: Connection refused"));
    assertThat(StatusMapper.map("read", "bot", lost, null).getMessage()).doesNotContain("secret");
  }

  @Test
  void interrupted_setsTheFlagAgain() {
    SandboxException mapped =
        StatusMapper.interrupted("read", "bot", new InterruptedException("test"));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(mapped.code()).isEqualTo(Code.CANCELLED);
  }

  @Test
  void map_cancelOfTheServer_isNotTakenForAnInterrupt() {
    SandboxException server =
        StatusMapper.map("read", "bot", Status.CANCELLED.withDescription("by me"), null);
    assertThat(server.getMessage()).contains("by me").doesNotContain("interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void map_connectionThatBrokeWhileTheCallWasSent_isUnavailable() {
    Status status =
        Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException());
    SandboxException error = StatusMapper.map("connect to", "bot-1", status, null);
    assertThat(error.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(error).hasMessageContaining("the connection to the sandbox's bridge was lost");
    Status answered = Status.UNKNOWN.withDescription("panic");
    assertThat(StatusMapper.map("connect to", "bot-1", answered, null).code())
        .as("a word of the bridge")
        .isEqualTo(Code.INTERNAL);
  }
}

package dev.warren;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ExecResult.CapturedOutput;
import dev.warren.ProcessExit.Cause;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecResultTest {

  @Test
  void text_isWhatWasWritten() {
    CapturedOutput output = new CapturedOutput(bytes("grüße"), new byte[0], 7);
    assertThat(output.text()).isEqualTo("grüße");
    assertThat(output.truncated()).isFalse();
  }

  @Test
  void text_saysHowMuchIsMissing_andSplitsNoCharacter() {
    byte[] euro = bytes("€");
    byte[] head = Arrays.copyOf(bytes("ab€"), 4); // two of the three bytes of the sign
    byte[] tail = new byte[] {euro[2], 'x', 'y'};
    CapturedOutput output = new CapturedOutput(head, tail, 107);
    assertThat(output.droppedBytes()).isEqualTo(100);
    assertThat(output.text()).isEqualTo("ab\n[… 100 bytes dropped …]\nxy");
  }

  @ParameterizedTest
  @CsvSource({
    "EXITED, 1, CONFLICT",
    "SIGNALLED, 137, CONFLICT",
    "TIMED_OUT, 137, TIMEOUT",
    "CANCELLED, 137, CANCELLED",
    "OUT_OF_MEMORY, 137, RESOURCE_EXHAUSTED",
    "TIMED_OUT, 0, TIMEOUT",
  })
  void orThrow_tellsTheCausesApart(Cause cause, int code, SandboxException.Code expected) {
    ExecResult result = result(cause, code);
    assertThat(result.success()).isFalse();
    assertThatThrownBy(result::orThrow)
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(expected))
        .hasMessageContaining("went wrong");
  }

  @Test
  void orThrow_givesASuccessBack() {
    ExecResult result = result(Cause.EXITED, 0);
    assertThat(result.orThrow()).isSameAs(result);
  }

  private static ExecResult result(Cause cause, int code) {
    ProcessExit exit =
        new ProcessExit(cause, code, 0, Duration.ZERO, 0, 0, "it went wrong\n", false);
    CapturedOutput empty = new CapturedOutput(new byte[0], new byte[0], 0);
    return new ExecResult(exit, empty, empty);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

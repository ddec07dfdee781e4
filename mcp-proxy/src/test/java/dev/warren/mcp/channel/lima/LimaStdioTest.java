package dev.warren.mcp.channel.lima;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpSession;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be said of the Lima transport without a machine. */
class LimaStdioTest {
  private static final List<String> COMMAND = List.of("server", "secret-argument");

  private static Code code(ThrowingCallable call) {
    return catchThrowableOfType(SandboxException.class, call).code();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-option", "two words", "a;b", "$(id)", "a/b", "a..b", ".", "a\nb"})
  void names_thatCouldBeAnythingElse_areRefused(String name) {
    assertThat(code(() -> LimaStdio.of(name, "default", "box", COMMAND)))
        .isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(code(() -> LimaStdio.of("machine", name, "box", COMMAND)))
        .isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(code(() -> LimaStdio.of("machine", "default", name, COMMAND)))
        .isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void emptyCommand_isRefused() {
    assertThat(code(() -> LimaStdio.of("machine", "default", "box", List.of())))
        .isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(code(() -> LimaStdio.of("machine", "default", "box", List.of(""))))
        .isEqualTo(Code.INVALID_ARGUMENT);
  }

  @Test
  void missingLimactl_isNotFound_andTheSessionSaysSo() {
    LimaStdio transport =
        LimaStdio.of("machine", "default", "box", COMMAND).withLimactl("no-such-limactl");
    assertThat(code(() -> McpSession.builder(transport).open().close())).isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void toString_namesNoArguments() {
    assertThat(LimaStdio.of("machine", "default", "box", COMMAND))
        .hasToString("server in container box of Lima instance machine");
  }
}

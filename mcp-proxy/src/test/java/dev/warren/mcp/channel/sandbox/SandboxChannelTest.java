package dev.warren.mcp.channel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.mcp.channel.RecordingReceiver;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannelContract;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.process.ProcessRuntime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real bridge, with the runtime that needs no engine. */
class SandboxChannelTest extends StdioChannelContract {
  @TempDir static Path directory;
  private static BotContainerManager manager;
  private static Sandbox sandbox;
  private final RecordingReceiver receiver = new RecordingReceiver();

  @BeforeAll
  static void start() {
    manager =
        BotContainerManager.builder(ProcessRuntime.open(StateDirectory.at(directory))).build();
    sandbox = manager.start(BotId.of("channel"));
  }

  @AfterAll
  static void stop() {
    manager.delete(BotId.of("channel"));
    manager.close();
  }

  @Override
  protected StdioTransport shell(String script) {
    return SandboxStdio.of(sandbox, "/bin/sh", "-c", script);
  }

  @Override
  protected boolean isLeft(String word) {
    return sandbox.exec(ExecRequest.shell("pgrep -f '^" + word + "'").build()).success();
  }

  @Test
  void start_missingCommand_isNotFound() {
    assertThatThrownBy(() -> SandboxStdio.of(sandbox, "no-such-command").start(receiver))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void settings_environmentAndDirectory_apply() throws Exception {
    SandboxStdio.of(
            sandbox,
            List.of("/bin/sh", "-c", "echo $GIVEN; pwd"),
            settings -> settings.env("GIVEN", "value").cwd("/"))
        .start(receiver);
    assertThat(receiver.exit().code()).isZero();
    assertThat(receiver.stdout()).isEqualTo("value\n/\n");
  }

  @Test
  void stdout_aLineOverTheLimit_isToldAndNotCarried() throws Exception {
    shell("head -c 70000000 /dev/zero | tr '\\0' b; echo; echo after").start(receiver);
    assertThat(receiver.exit().code()).isZero();
    assertThat(receiver.longLine()).isEqualTo(70_000_001);
    assertThat(receiver.stdout()).isEqualTo("after\n");
  }

  @Test
  void stop_ofTheSandbox_endsTheChannel() throws Exception {
    BotId bot = BotId.of("channel-stopped");
    Sandbox other = manager.start(bot);
    SandboxStdio.of(other, "sleep", "600").start(receiver);
    manager.stop(bot);
    assertThat(receiver.end()).isInstanceOf(ServerExit.class);
    assertThat(receiver.isInDisorder()).isFalse();
    manager.delete(bot);
  }
}

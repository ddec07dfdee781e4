package dev.warren.mcp.channel.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.RecordingReceiver;
import dev.warren.mcp.channel.StdioChannelContract;
import dev.warren.mcp.channel.StdioTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChannelTest extends StdioChannelContract {
  private final RecordingReceiver receiver = new RecordingReceiver();
  @TempDir Path directory;

  @Override
  protected StdioTransport shell(String script) {
    return HostStdio.of("/bin/sh", "-c", script);
  }

  @Override
  protected boolean isLeft(String word) {
    return ProcessHandle.allProcesses()
        .anyMatch(handle -> handle.info().commandLine().orElse("").endsWith(word));
  }

  @Test
  void start_missingCommandOrDirectory_isNotFound() throws Exception {
    assertCode(Code.NOT_FOUND, HostStdio.of("no-such-command-here"));
    assertCode(Code.NOT_FOUND, HostStdio.of("/bin/sh").withDirectory(directory.resolve("missing")));
    Path file = Files.writeString(directory.resolve("data"), "no program");
    assertCode(Code.PERMISSION_DENIED, HostStdio.of(file.toString()));
    assertThatThrownBy(() -> HostStdio.of(""))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
  }

  private void assertCode(Code code, HostStdio transport) {
    assertThatThrownBy(() -> transport.start(receiver))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).doesNotContain(directory.resolve("missing").toString());
            });
  }

  @Test
  void environment_isCleanButForTheListedAndTheGiven() throws Exception {
    HostStdio.of("/usr/bin/env")
        .withEnv(Map.of("GIVEN", "value"))
        .withDirectory(directory)
        .start(receiver);
    assertThat(receiver.exit().code()).isZero();
    assertThat(receiver.stdout().lines().map(line -> line.replaceFirst("=.*", "")))
        .contains("GIVEN")
        .isSubsetOf(
            "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ",
            "GIVEN");
  }

  @Test
  void exit_whileADescendantHoldsStdout_endsTheChannelAllTheSame() throws Exception {
    shell("setsid sleep 30 & echo $!; echo answer; exit 0").start(receiver);
    assertThat(receiver.exit().code()).isZero();
    assertThat(receiver.stdout()).endsWith("answer\n");
    long pid = Long.parseLong(receiver.stdout().lines().findFirst().orElseThrow());
    ProcessHandle.of(pid)
        .ifPresent(
            handle -> {
              handle.destroyForcibly();
              handle.onExit().orTimeout(10, TimeUnit.SECONDS).join();
            });
  }

  @Test
  void stdoutClosed_whileTheProcessLives_isTold() throws Exception {
    var channel = shell("echo last; exec >&-; sleep 30").start(receiver);
    receiver.await(receiver::isStdoutClosed);
    assertThat(receiver.hasEnded()).isFalse();
    assertThat(receiver.stdout()).isEqualTo("last\n");
    channel.kill();
    assertThat(receiver.exit().signal()).isEqualTo(9);
  }
}

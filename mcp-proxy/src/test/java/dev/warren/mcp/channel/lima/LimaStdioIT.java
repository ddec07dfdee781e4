package dev.warren.mcp.channel.lima;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.warren.ExecRequest;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.channel.RecordingReceiver;
import dev.warren.mcp.channel.StdioChannelContract;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.real.PeerSandboxes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The command line for a Lima machine, in front of the real containerd: a stand-in for {@code
 * limactl} takes its own words off and runs the rest here.
 */
@Tag("engine")
class LimaStdioIT extends StdioChannelContract {
  private static final String STAND_IN =
      """
      #!/bin/sh
      [ "$1 $2 $3 $4" = "shell --workdir / machine" ] || { echo "limactl: $*" >&2; exit 64; }
      shift 4
      cd / && exec "$@"
      """;

  @TempDir static Path directory;
  private static PeerSandboxes sandboxes;
  private static Sandbox sandbox;
  private static String limactl;
  private final RecordingReceiver receiver = new RecordingReceiver();

  @BeforeAll
  static void start() throws IOException {
    Path script = Files.writeString(directory.resolve("limactl"), STAND_IN);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    limactl = script.toString();
    sandboxes = new PeerSandboxes();
    sandbox = sandboxes.sandbox();
  }

  @AfterAll
  static void stop() throws IOException {
    if (sandboxes != null) {
      sandboxes.close();
    }
  }

  private static LimaStdio in(String container, String... command) {
    return LimaStdio.of("machine", sandboxes.namespace(), container, List.of(command))
        .withLimactl(limactl)
        .withCtr(
            List.of(
                "ctr",
                "--address",
                sandboxes.socket().toString(),
                "--namespace",
                sandboxes.namespace()));
  }

  @Override
  protected StdioTransport shell(String script) {
    return in(sandbox.info().containerId(), "/bin/sh", "-c", script);
  }

  @Override
  protected boolean isLeft(String word) {
    return sandbox.exec(ExecRequest.shell("pgrep -f '^" + word + "'").build()).success();
  }

  @Test
  void session_withAServerInTheContainer_listsAndCalls() {
    sandbox.files().writeString("server.sh", PeerSandboxes.resource("server.sh"));
    try (McpSession session =
        McpSession.builder(shell("exec sh /data/server.sh"))
            .startupTimeout(Duration.ofMinutes(1))
            .open()) {
      assertThat(session.listTools().stream().map(McpTool::name)).containsExactly("say");
      List<CompletableFuture<String>> calls = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        calls.add(
            session
                .callToolAsync("say", Map.of("text", "word " + i))
                .thenApply(result -> result.text()));
      }
      for (int i = 0; i < 50; i++) {
        assertThat(calls.get(i).orTimeout(60, TimeUnit.SECONDS).join()).isEqualTo("word " + i);
      }
      assertThat(session.counters().starts()).isEqualTo(1);
      assertThat(session.counters().junkLines()).isZero();
    }
    assertThat(isLeft("sh /data/server.sh")).isFalse();
  }

  @Test
  void containerThatIsNotThere_endsTheChannelWithTheEnginesWord() throws Exception {
    in("no-such-container", "cat").start(receiver);
    assertThat(receiver.exit().code()).isNotZero();
    assertThat(receiver.stderr()).contains("not found");
  }

  @Test
  void commandThatIsNotThere_failsTheSession() {
    SandboxException failure =
        catchThrowableOfType(
            SandboxException.class,
            () ->
                McpSession.builder(in(sandbox.info().containerId(), "/no/such/server"))
                    .open()
                    .close());
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("/no/such/server");
  }
}

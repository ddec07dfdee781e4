package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.SandboxAddress;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.McpRoot;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpToolResult;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The connection to the bridge is cut while calls are in flight. */
@Tag("engine")
class ReconnectIT extends PeerTestCase {
  private static final int CALLS = 300;
  private static final int CUTS = 5;
  @TempDir static Path directory;

  @Test
  void connectionCutAgainAndAgain_noMessageIsLostDoubledOrAnsweredTwice_andTheProcessLivesOn()
      throws Exception {
    Sandbox sandbox = peers.sandbox();
    String server = PeerSandboxes.install(sandbox, "recording-server.py");
    Tap tap = new Tap(SandboxStdio.of(sandbox, "/usr/bin/python3", server, "/data/seen.txt"));
    try (McpSession session =
        session(tap).era(McpEraPolicy.LEGACY_ONLY).roots(McpRoot.of("file:///data")).open()) {
      List<CompletableFuture<McpToolResult>> calls = new ArrayList<>();
      int cut = 0;
      for (int i = 0; i < CALLS; i++) {
        calls.add(session.callToolAsync("echo", Map.of("text", "call " + i, "within", 0.5)));
        if (i % (CALLS / CUTS) == CALLS / CUTS / 2) {
          Eventually.soon().until("a connection was cut", () -> cut(sandbox) > 0);
          cut++;
        }
      }
      assertThat(cut).as("cuts").isEqualTo(CUTS);
      for (int i = 0; i < CALLS; i++) {
        assertThat(calls.get(i).orTimeout(60, TimeUnit.SECONDS).join().text())
            .isEqualTo("call " + i);
      }
      Eventually.soon()
          .until("all the server asked was answered", () -> tap.answers().count() == CALLS / 10);
      assertThat(session.counters().strayAnswers()).isZero();
      assertThat(session.counters().junkLines()).isZero();
      assertThat(session.counters().starts()).isEqualTo(1);
      Eventually.soon()
          .passes(() -> assertThat(seen(sandbox)).containsExactlyElementsOf(tap.sent()));
      assertThat(tap.sent("initialize")).hasSize(1);
      assertThat(texts(seen(sandbox)))
          .containsExactlyElementsOf(IntStream.range(0, CALLS).mapToObj(i -> "call " + i).toList());
      assertThat(tap.answers().map(answer -> answer.at("/id").orElseThrow().toString()))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, CALLS / 10).mapToObj(String::valueOf).toList());
    }
  }

  /** What the server wrote down: each message that reached it, in order. */
  private static List<Json> seen(Sandbox sandbox) {
    return sandbox.files().readString("seen.txt").lines().map(Json::parse).toList();
  }

  private static List<String> texts(List<Json> messages) {
    return messages.stream()
        .flatMap(message -> message.string("/params/arguments/text").stream())
        .toList();
  }

  private static int cut(Sandbox sandbox) throws IOException {
    Path script = directory.resolve("cut-connections.py");
    if (!Files.exists(script)) {
      Files.writeString(script, PeerSandboxes.resource("cut-connections.py"));
    }
    var address = (SandboxAddress.UnixSocket) sandbox.address();
    HostCommand run =
        HostCommand.run(
            "/usr/bin/python3",
            script.toString(),
            String.valueOf(address.taskPid()),
            String.valueOf(address.path().getFileName()));
    assertThat(run.code()).as(run.output()).isZero();
    return Integer.parseInt(run.output());
  }
}

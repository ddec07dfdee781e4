package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpElicitation;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpLimits;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpProgress;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpResponse;
import dev.warren.mcp.McpRestartPolicy;
import dev.warren.mcp.McpRoot;
import dev.warren.mcp.McpSampling;
import dev.warren.mcp.McpServerDescription;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.McpToolResult;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reference server that has everything, on the SDK that most servers use. */
@Tag("engine")
class EverythingIT extends PeerTestCase {
  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = peers.sandbox();
  }

  private static Tap everything() {
    return new Tap(SandboxStdio.of(sandbox, peers.npm("everything", "stdio")));
  }

  private static Map<String, Object> message(String text) {
    return Map.of("message", text);
  }

  private static List<String> names(McpSession session) {
    return session.listTools().stream().map(McpTool::name).toList();
  }

  @Test
  void auto_findsALegacyServer_whoseProcessSurvivesTheQuestion() throws Exception {
    Tap tap = everything();
    CountDownLatch toolsChanged = new CountDownLatch(1);
    McpListener listener =
        new McpListener() {
          @Override
          public void toolsChanged() {
            toolsChanged.countDown();
          }
        };
    try (McpSession session = session(tap).listener(listener).open()) {
      McpServerDescription server = session.connect();
      assertThat(server.era()).isEqualTo(McpEra.LEGACY);
      assertThat(server.toString()).contains("everything").contains("2025-11-25");
      assertThat(names(session)).contains("echo", "get-sum");
      assertThat(session.callTool("echo", message("héllo € 😀")).text())
          .isEqualTo("Echo: héllo € 😀");
      assertThat(session.callTool("get-sum", Map.of("a", 2, "b", 3)).text()).contains("5");
      assertThat(session.listResources()).isNotEmpty();
      assertThat(session.listPrompts()).isNotEmpty();
      session.ping();
      assertThat(toolsChanged.await(30, TimeUnit.SECONDS)).as("list_changed").isTrue();
      assertThat(session.counters().starts()).isEqualTo(1);
      assertThat(session.counters().junkLines()).isZero();
      assertThat(tap.sent("server/discover")).hasSize(1);
      assertThat(tap.sent("initialize")).hasSize(1);
    }
    assertThat(tap.exit().code()).isZero();
  }

  @Test
  void wrongArgumentsAndUnknownTools_areResultsThatSayError() {
    try (McpSession session = session(everything()).open()) {
      McpToolResult unknown = session.callTool("no-such-tool");
      assertThat(unknown.isError()).isTrue();
      assertThat(unknown.text()).contains("-32602");
      assertThat(session.callTool("get-sum", Map.of("a", "two")).isError()).isTrue();
    }
  }

  @Test
  void requestsOfTheServer_withIdsThatAreOurs_areAnsweredOnceEach_andNoCallIsDisturbed() {
    Tap tap = everything();
    try (McpSession session =
        session(tap)
            .roots(McpRoot.of("file:///data/project", "project"))
            .sampling(request -> McpSampling.Result.text("model-1", "a haiku"))
            .formElicitation(form -> McpElicitation.Answer.accept(Map.of("name", "Ada")))
            .open()) {
      // It adds these tools some time after the handshake.
      Eventually.within(Duration.ofMinutes(1))
          .passes(
              () ->
                  assertThat(names(session))
                      .contains(
                          "get-roots-list",
                          "trigger-sampling-request",
                          "trigger-elicitation-request"));
      List<CompletableFuture<McpToolResult>> echoes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        echoes.add(session.callToolAsync("echo", message("number " + i)));
      }
      assertThat(session.callTool("get-roots-list").text()).contains("file:///data/project");
      assertThat(session.callTool("trigger-sampling-request", Map.of("prompt", "write")).text())
          .contains("a haiku")
          .contains("model-1");
      assertThat(session.callTool("trigger-elicitation-request").text()).contains("Ada");
      for (int i = 0; i < echoes.size(); i++) {
        assertThat(echoes.get(i).orTimeout(60, TimeUnit.SECONDS).join().text())
            .isEqualTo("Echo: number " + i);
      }
      List<Json> asked =
          tap.received().stream()
              .filter(message -> message.at("/method").isPresent() && message.at("/id").isPresent())
              .map(message -> message.at("/id").orElseThrow())
              .toList();
      assertThat(asked.stream().map(Json::toString)).startsWith("0", "1", "2");
      Eventually.soon()
          .passes(
              () ->
                  assertThat(tap.answers().map(answer -> answer.at("/id").orElseThrow()))
                      .containsExactlyInAnyOrderElementsOf(asked));
      assertThat(session.counters().strayAnswers()).isZero();
    }
  }

  @Test
  void cancelledCall_whoseProgressGoesOn_isHeardOfNoMore() {
    Tap tap = everything();
    List<McpProgress> heard = new CopyOnWriteArrayList<>();
    try (McpSession session = session(tap).open()) {
      CompletableFuture<McpResponse> call =
          session.callAsync(
              McpRequest.of(
                      "tools/call",
                      Map.of(
                          "name",
                          "trigger-long-running-operation",
                          "arguments",
                          Map.of("duration", 2, "steps", 20)))
                  .withProgress(heard::add));
      Eventually.within(Duration.ofMinutes(1)).until("progress came", () -> !heard.isEmpty());
      assertThat(call.cancel(true)).isTrue();
      Eventually.soon()
          .until("the server was told", () -> tap.sent("notifications/cancelled").count() == 1);
      int then = heard.size();
      long reports = tap.received("notifications/progress").count();
      Eventually.within(Duration.ofMinutes(1))
          .until(
              "the server reported on a call that is over",
              () -> tap.received("notifications/progress").count() >= reports + 2);
      session.ping();
      assertThat(heard.size()).as("reports, with one that was on its way").isLessThan(then + 2);
      assertThat(session.callTool("echo", message("still there")).isError()).isFalse();
      assertThat(session.counters().pendingCalls()).isZero();
    }
  }

  @Test
  void progress_isHeardInOrder_andTheResultComesAfterIt() {
    List<Double> heard = new CopyOnWriteArrayList<>();
    try (McpSession session = session(everything()).open()) {
      McpToolResult result =
          session.callTool(
              "trigger-long-running-operation",
              Map.of("duration", 0.2, "steps", 4),
              progress -> heard.add(progress.progress()));
      assertThat(result.text()).contains("completed");
      Eventually.soon().passes(() -> assertThat(heard).containsExactly(1.0, 2.0, 3.0, 4.0));
    }
  }

  @Test
  void close_serverWhoseTimersRun_isTerminated_andNothingIsLeft() throws Exception {
    Tap tap = everything();
    McpSession session = session(tap).closeGrace(Duration.ofMillis(500)).open();
    assertThat(session.callTool("toggle-simulated-logging").isError()).isFalse();
    session.close();
    assertThat(tap.exit().signal()).as("signal").isEqualTo(15);
    assertThat(sandbox.processes().list()).allMatch(process -> process.exit().isPresent());
  }

  @Test
  void messageBeyondTheLimit_isRefusedHere_becauseTheServerWouldServeNoMore() {
    String tooMuch = "x".repeat(11 << 20);
    try (McpSession session = session(everything()).open()) {
      assertThat(failure(() -> session.callTool("echo", message(tooMuch))).code())
          .isEqualTo(Code.RESOURCE_EXHAUSTED);
      String much = "y".repeat(6 << 20);
      assertThat(session.callTool("echo", message(much)).text()).isEqualTo("Echo: " + much);
    }
    // The reason for the limit: whoever raises it meets a server that ends or says nothing more.
    SandboxStdio server = SandboxStdio.of(sandbox, peers.npm("everything", "stdio"));
    try (McpSession session =
        session(server)
            .limits(McpLimits.defaults().withMessageBytes(64 << 20, 64 << 20))
            .restart(McpRestartPolicy.never())
            .closeGrace(Duration.ofMillis(500))
            .open()) {
      McpRequest large =
          McpRequest.of("tools/call", Map.of("name", "echo", "arguments", message(tooMuch)))
              .withTimeout(Duration.ofSeconds(2));
      assertThat(failure(() -> session.call(large)).code()).isIn(Code.TIMEOUT, Code.UNAVAILABLE);
      McpRequest ping = McpRequest.of("ping").withTimeout(Duration.ofSeconds(1));
      assertThat(failure(() -> session.call(ping)).code()).isIn(Code.TIMEOUT, Code.UNAVAILABLE);
    }
  }
}

package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.mcp.McpElicitation;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpSubscription;
import dev.warren.mcp.McpSubscriptionFilter;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server on the second TypeScript SDK, which speaks both families of the protocol. */
@Tag("engine")
class DualEraIT extends PeerTestCase {
  private static String[] command;
  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = peers.sandbox();
    assertThat(
            sandbox
                .exec("ln", "-s", PeerSandboxes.PEERS + "/node_modules", "/data/node_modules")
                .success())
        .isTrue();
    command = peers.node(PeerSandboxes.install(sandbox, "dual-era.mjs"));
  }

  @ParameterizedTest
  @CsvSource({"DETECT,MODERN", "MODERN_ONLY,MODERN", "LEGACY_ONLY,LEGACY"})
  void eachMode_findsItsFamily_listsAndCalls(McpEraPolicy mode, McpEra era) throws Exception {
    Tap tap = new Tap(SandboxStdio.of(sandbox, command));
    try (McpSession session = session(tap).era(mode).open()) {
      assertThat(session.connect().era()).isEqualTo(era);
      assertThat(session.listTools().stream().map(McpTool::name)).contains("add", "grow");
      assertThat(session.callTool("add", Map.of("a", 19, "b", 23)).text()).isEqualTo("42");
      session.ping();
      assertThat(tap.sent("initialize").count()).isEqualTo(era == McpEra.LEGACY ? 1 : 0);
      assertThat(session.counters().starts()).isEqualTo(1);
      assertThat(session.counters().strayAnswers()).isZero();
    }
    assertThat(tap.exit().code()).isZero();
  }

  @Test
  void listen_isAcknowledged_andHearsOfANewTool() throws Exception {
    CountDownLatch changed = new CountDownLatch(1);
    McpListener listener =
        new McpListener() {
          @Override
          public void toolsChanged() {
            changed.countDown();
          }
        };
    try (McpSession session = session(SandboxStdio.of(sandbox, command)).open();
        McpSubscription news =
            session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener)) {
      assertThat(news.acknowledged().get(60, TimeUnit.SECONDS).toolsChanged()).isTrue();
      assertThat(session.callTool("grow").isError()).isFalse();
      assertThat(changed.await(60, TimeUnit.SECONDS)).as("list_changed").isTrue();
      assertThat(session.listTools().stream().map(McpTool::name)).contains("grown");
      news.close();
      news.ended().get(60, TimeUnit.SECONDS);
      assertThat(session.callTool("grown").text()).isEqualTo("grown");
    }
  }

  @Test
  void callThatNeedsAnAnswerOfTheUser_getsItInASecondRound() throws Exception {
    Tap tap = new Tap(SandboxStdio.of(sandbox, command));
    try (McpSession session =
        session(tap)
            .formElicitation(form -> McpElicitation.Answer.accept(Map.of("name", "Ada")))
            .open()) {
      assertThat(session.callTool("greet").text()).isEqualTo("Hello Ada");
      assertThat(tap.sent("tools/call").map(call -> call.at("/id").orElseThrow()).distinct())
          .hasSize(2);
    }
  }
}

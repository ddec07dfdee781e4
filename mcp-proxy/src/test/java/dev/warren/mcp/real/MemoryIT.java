package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.mcp.McpListener;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpSessionBuilder;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reference server that remembers, in a file of the bot's own. */
@Tag("engine")
class MemoryIT extends PeerTestCase {
  private static McpSessionBuilder memory(Sandbox sandbox) {
    return session(
        SandboxStdio.of(
            sandbox,
            List.of(peers.npm("memory")),
            settings -> settings.env("MEMORY_FILE_PATH", "/data/memory.jsonl")));
  }

  private static void remember(McpSession session, String name) {
    var entity = Map.of("name", name, "entityType", "person", "observations", List.of("likes tea"));
    assertThat(session.callTool("create_entities", Map.of("entities", List.of(entity))).isError())
        .isFalse();
  }

  @Test
  void whatItRemembers_outlivesTheSandbox_andIsNoOtherBots() {
    Sandbox sandbox = peers.sandbox();
    try (McpSession session = memory(sandbox).open()) {
      assertThat(session.listTools().stream().map(McpTool::name)).contains("create_entities");
      remember(session, "Ada");
    }
    sandbox.stop();
    Sandbox again = peers.manager().start(sandbox.bot());
    try (McpSession session = memory(again).open()) {
      assertThat(session.callTool("read_graph").text()).contains("Ada", "likes tea");
    }
    try (McpSession session = memory(peers.sandbox()).open()) {
      assertThat(session.callTool("read_graph").text()).doesNotContain("Ada");
    }
  }

  @Test
  void subscription_hearsOfAChange_alsoAfterARestartOfTheServer() throws Exception {
    Sandbox sandbox = peers.sandbox();
    List<CountDownLatch> updates = List.of(new CountDownLatch(1), new CountDownLatch(2));
    McpListener listener =
        new McpListener() {
          @Override
          public void resourceUpdated(String uri) {
            updates.forEach(CountDownLatch::countDown);
          }
        };
    try (McpSession session = memory(sandbox).listener(listener).open()) {
      session.subscribeResource(session.listResources().get(0).uri());
      remember(session, "Ada");
      assertThat(updates.get(0).await(60, TimeUnit.SECONDS)).as("first update").isTrue();
      assertThat(sandbox.exec("/bin/sh", "-c", "kill -9 $(pidof node)").success()).isTrue();
      dev.warren.testkit.Eventually.soon()
          .until(
              "the session knows",
              () -> !(session.state() instanceof dev.warren.mcp.McpState.Ready));
      remember(session, "Grace");
      assertThat(updates.get(1).await(60, TimeUnit.SECONDS)).as("second update").isTrue();
      assertThat(session.counters().starts()).isEqualTo(2);
    }
  }
}

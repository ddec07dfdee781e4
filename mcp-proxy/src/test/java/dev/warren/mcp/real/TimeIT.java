package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server on the Python SDK. */
@Tag("engine")
class TimeIT extends PeerTestCase {
  @Test
  void auto_finds_lists_calls_andEnds() throws Exception {
    Tap tap =
        new Tap(
            SandboxStdio.of(
                peers.sandbox(),
                PeerSandboxes.PEERS + "/python/bin/python3",
                "-m",
                "mcp_server_time",
                "--local-timezone",
                "UTC"));
    try (McpSession session = session(tap).open()) {
      assertThat(session.listTools().stream().map(McpTool::name))
          .containsExactlyInAnyOrder("get_current_time", "convert_time");
      Map<String, String> noon =
          Map.of("source_timezone", "UTC", "time", "12:00", "target_timezone", "Asia/Tokyo");
      assertThat(session.callTool("convert_time", noon).text()).contains("21:00");
      assertThat(session.callTool("convert_time", Map.of("source_timezone", "Nowhere")).isError())
          .isTrue();
      session.ping();
      assertThat(session.counters().starts()).isEqualTo(1);
      assertThat(session.counters().junkLines()).isZero();
      assertThat(session.counters().strayAnswers()).isZero();
    }
    assertThat(tap.exit().code()).isZero();
  }
}

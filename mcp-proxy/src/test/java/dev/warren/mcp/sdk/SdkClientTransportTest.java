package dev.warren.mcp.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.testing.MisbehavingServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The official SDK's client on our transport, with a real process at the other end. */
class SdkClientTransportTest {
  private McpSyncClient client;

  @BeforeEach
  void connect() {
    client = client(MisbehavingServer.transport());
  }

  private static McpSyncClient client(StdioTransport server) {
    McpSyncClient client =
        McpClient.sync(new SdkClientTransport(server))
            .requestTimeout(Duration.ofSeconds(30))
            .initializationTimeout(Duration.ofSeconds(60))
            .build();
    client.initialize();
    return client;
  }

  @AfterEach
  void close() {
    client.closeGracefully();
  }

  private String call(String tool, String text) {
    CallToolResult result =
        client.callTool(CallToolRequest.builder(tool).arguments(Map.of("text", text)).build());
    return result.content().isEmpty() ? "" : ((TextContent) result.content().get(0)).text();
  }

  @Test
  void callTool_textOfAllPlanes_comesBackExactly() {
    String text = "ascii \u00e9 \u20ac \uD83D\uDE00 \u2028 \r\n\t\"";
    assertThat(call("echo", text)).isEqualTo(text);
    assertThat(client.listTools().tools()).hasSize(1);
  }

  @Test
  void callTool_from64Threads_noneFailsAndNoneIsMixedUp() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(64);
    try {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int t = 0; t < 64; t++) {
        int thread = t;
        wrong.add(
            threads.submit(
                () -> {
                  int count = 0;
                  for (int i = 0; i < 100; i++) {
                    String text = thread + "/" + i;
                    count += call("echo", text).equals(text) ? 0 : 1;
                  }
                  return count;
                }));
      }
      for (Future<Integer> each : wrong) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void junkBlankAndSpreadLines_disturbNothing() {
    assertThat(call("junk", "still here")).isEqualTo("still here");
    assertThat(call("spread", "")).isEmpty();
    assertThat(call("closeStderr", "fine")).isEqualTo("fine");
    assertThat(call("echo", "after all")).isEqualTo("after all");
  }

  @Test
  void exitOfTheServer_failsTheCallAtOnce_withItsCodeAndWords() {
    long before = System.nanoTime();
    assertThatThrownBy(() -> call("die", ""))
        .isInstanceOfSatisfying(
            McpError.class,
            e -> {
              assertThat(e.getJsonRpcError().code()).isEqualTo(SdkClientTransport.LOCAL_FAILURE);
              assertThat(e.getMessage()).contains("exit code 3").contains("going down");
            });
    assertThatThrownBy(() -> call("echo", "anyone?")).isInstanceOf(RuntimeException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void aLineOverTheLimit_failsItsOwnCallOnly() {
    assertThatThrownBy(() -> call("huge", "70")).isInstanceOf(McpError.class);
    assertThat(call("huge", "15")).isEmpty();
    assertThatThrownBy(() -> call("huge", "20"))
        .as("more than the SDK's JSON module takes")
        .isInstanceOf(McpError.class)
        .hasMessageContaining("the SDK cannot take it");
    assertThat(call("echo", "alive")).isEqualTo("alive");
  }
}

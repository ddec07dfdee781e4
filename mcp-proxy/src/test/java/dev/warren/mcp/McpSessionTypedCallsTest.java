package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Typed calls: what they send, and what they make of the answers. */
class McpSessionTypedCallsTest {

  /** Makes a call in the background and answers it with a result. */
  private static <T> T answered(
      FakeProcess process, String method, String result, Supplier<T> call) {
    CompletableFuture<T> waiting = later(call::get);
    process.reply(process.expect(method), result);
    return soon(waiting);
  }

  private static boolean run(Runnable work) {
    work.run();
    return true;
  }

  @Nested
  class Typed {
    @Test
    void toolResult_printsItsText() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpToolResult result =
            answered(
                process,
                "tools/call",
                """
                {"content":[{"type":"text","text":"hi"},\
                {"type":"image","data":"AAEC","mimeType":"image/png"},\
                {"type":"resource_link","uri":"a://b","name":"b"},\
                {"type":"resource","resource":{"uri":"a://c","text":"inside"}},\
                {"type":"hologram","x":1}],"structuredContent":{"a":1},"isError":false}""",
                () -> fixture.session.callTool("echo", Map.of("message", "hi")));
        assertThat(result)
            .hasToString("hi\n[image image/png]\n[resource a://b]\ninside\n[hologram]");
        assertThat(result.text()).isEqualTo("hi");
        assertThat(result.isError()).isFalse();
        assertThat(result.structuredContent()).contains(Json.parse("{\"a\":1}"));
        assertThat(((McpContent.Image) result.content().get(1)).bytes()).containsExactly(0, 1, 2);
        assertThat(result.content().get(4).raw().at("/x")).contains(Json.of(1));
      }
    }

    @Test
    void failedTool_saysSoInItsResult() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpToolResult result =
            answered(
                process,
                "tools/call",
                "{\"content\":[{\"type\":\"text\",\"text\":\"no\"}],\"isError\":true}",
                () -> fixture.session.callTool("t"));
        assertThat(result.isError()).isTrue();
        assertThat(result).hasToString("error: no");
      }
    }

    @Test
    void errorOfTheServer_isAnMcpErrorWithItsData() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpToolResult> call = later(() -> fixture.session.callTool("t"));
        process.replyError(process.expect("tools/call"), -32602, "unknown tool");
        assertThatThrownBy(() -> soon(call))
            .isInstanceOf(McpErrorException.class)
            .hasMessageContaining("unknown tool");
      }
    }

    @Test
    void listTools_readsAllPages() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<List<McpTool>> tools = later(fixture.session::listTools);
        process.reply(
            process.expect("tools/list"),
            "{\"tools\":[{\"name\":\"a\",\"inputSchema\":{\"x-own\":1.0}}],\"nextCursor\":\"2\"}");
        Json second = process.expect("tools/list");
        assertThat(second.string("/params/cursor")).contains("2");
        process.reply(second, "{\"tools\":[{\"name\":\"b\",\"title\":\"B\"}]}");
        assertThat(soon(tools)).extracting(McpTool::name).containsExactly("a", "b");
        assertThat(soon(tools).get(0).inputSchema()).hasToString("{\"x-own\":1.0}");
        assertThat(soon(tools).get(1).title()).contains("B");
      }
    }

    @Test
    void pagesThatGoRoundInCircles_areStopped() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<List<McpTool>> tools = later(fixture.session::listTools);
        for (String cursor : List.of("1", "2", "1")) {
          process.reply(
              process.expect("tools/list"), "{\"tools\":[],\"nextCursor\":\"" + cursor + "\"}");
        }
        assertThat(failure(tools).code()).isEqualTo(Code.DATA_LOSS);
      }
    }

    @Test
    void listsWithoutEnd_areStopped() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.limits(McpLimits.defaults().withLists(3, 5)))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<List<McpTool>> pages = later(fixture.session::listTools);
        for (int i = 0; i < 3; i++) {
          process.reply(
              process.expect("tools/list"), "{\"tools\":[],\"nextCursor\":\"" + i + "\"}");
        }
        assertThat(failure(pages).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        CompletableFuture<List<McpTool>> items = later(fixture.session::listTools);
        process.reply(process.expect("tools/list"), "{\"tools\":[1,2,3,4,5,6]}");
        assertThat(failure(items).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
      }
    }

    @Test
    void resources_areListedReadAndSubscribed() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpSession session = fixture.session;
        assertThat(
                answered(
                    process,
                    "resources/list",
                    "{\"resources\":[{\"uri\":\"a://b\",\"name\":\"b\",\"size\":7}]}",
                    session::listResources))
            .first()
            .satisfies(resource -> assertThat(resource.size()).contains(7L));
        assertThat(
                answered(
                    process,
                    "resources/templates/list",
                    "{\"resourceTemplates\":[{\"uriTemplate\":\"a://{x}\",\"name\":\"t\"}]}",
                    session::listResourceTemplates))
            .extracting(McpResourceTemplate::uriTemplate)
            .containsExactly("a://{x}");
        List<McpResourceContents> contents =
            answered(
                process,
                "resources/read",
                "{\"contents\":[{\"uri\":\"a://b\",\"text\":\"t\"},{\"uri\":\"a://c\",\"blob\":\"AAE=\"}]}",
                () -> session.readResource("a://b"));
        assertThat(contents.get(0)).hasToString("t");
        assertThat(((McpResourceContents.Blob) contents.get(1)).bytes()).containsExactly(0, 1);
        answered(
            process,
            "resources/subscribe",
            "{}",
            () -> run(() -> session.subscribeResource("a://b")));
        answered(
            process,
            "resources/unsubscribe",
            "{}",
            () -> run(() -> session.unsubscribeResource("a://b")));
      }
    }

    @Test
    void prompts_areListedAndFilledIn() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpSession session = fixture.session;
        assertThat(
                answered(
                        process,
                        "prompts/list",
                        "{\"prompts\":[{\"name\":\"p\",\"arguments\":[{\"name\":\"x\",\"required\":true}]}]}",
                        session::listPrompts)
                    .get(0)
                    .arguments())
            .containsExactly(new McpPrompt.Argument("x", java.util.Optional.empty(), true));
        McpPromptResult prompt =
            answered(
                process,
                "prompts/get",
                "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"hi\"}}]}",
                () -> session.getPrompt("p", Map.of("x", "1")));
        assertThat(prompt.messages().get(0).content()).hasToString("[hi]");
      }
    }

    @Test
    void completion_givesValues() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpCompletion> call =
            later(
                () ->
                    fixture.session.complete(
                        McpCompletion.Reference.prompt("p"), "x", "a", Map.of("y", "b")));
        Json seen = process.expect("completion/complete");
        assertThat(seen.at("/params"))
            .contains(
                Json.parse(
                    "{\"ref\":{\"type\":\"ref/prompt\",\"name\":\"p\"},\"argument\":"
                        + "{\"name\":\"x\",\"value\":\"a\"},\"context\":{\"arguments\":{\"y\":\"b\"}}}"));
        process.reply(
            seen, "{\"completion\":{\"values\":[\"ab\",\"ac\"],\"total\":9,\"hasMore\":true}}");
        assertThat(soon(call).values()).containsExactly("ab", "ac");
        assertThat(soon(call).total()).contains(9L);
        assertThat(soon(call).hasMore()).isTrue();
      }
    }

    @Test
    void pingAndLogLevel_areAnswered() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        answered(process, "ping", "{}", () -> run(fixture.session::ping));
        answered(
            process,
            "logging/setLevel",
            "{}",
            () -> run(() -> fixture.session.setLogLevel(McpLogLevel.DEBUG)));
      }
    }

    @Test
    void listenOfTheOlderEra_filtersAndSubscribes() throws Exception {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      McpListener listener =
          new McpListener() {
            @Override
            public void toolsChanged() {
              heard.add("tools");
            }

            @Override
            public void promptsChanged() {
              heard.add("prompts");
            }

            @Override
            public void resourceUpdated(String uri) {
              heard.add(uri);
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpSubscription stream =
            fixture.session.listen(
                McpSubscriptionFilter.NONE.withToolsChanged().withResources(List.of("a://b")),
                listener);
        process.reply(process.expect("resources/subscribe"), "{}");
        assertThat(soon(stream.acknowledged()).resources()).containsExactly("a://b");
        process.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/prompts/list_changed\"}");
        process.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        process.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":"
                + "{\"uri\":\"a://b/sub\"}}");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("tools");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("a://b/sub");
        stream.close();
        process.reply(process.expect("resources/unsubscribe"), "{}");
        soon(stream.ended());
      }
    }
  }
}

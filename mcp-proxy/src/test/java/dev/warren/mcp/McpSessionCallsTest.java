package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.greet;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Raw and typed calls, their ends, and rows 15, 31, 36, 37 and 41 through a session. */
class McpSessionCallsTest {

  /** Makes a call in the background and answers it with a result. */
  private static <T> T answered(
      FakeProcess process, String method, String result, Supplier<T> call) {
    CompletableFuture<T> waiting = later(call::get);
    process.reply(process.expect(method), result);
    return soon(waiting);
  }

  @Nested
  class Raw {
    @Test
    void unknownMembersAndNumbers_comeBackAsTheyWere() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        String result =
            "{\"a\":1.0,\"b\":1e2,\"new\":{\"x\":[null]},\"_meta\":{\"k\":12345678901234567890}}";
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(McpRequest.of("a/call").id(Json.parse("1.0")));
        process.reply(process.expect("a/call"), result);
        assertThat(soon(call).result()).hasToString(result);
        assertThat(soon(call).envelope())
            .hasToString("{\"jsonrpc\":\"2.0\",\"id\":1.0,\"result\":" + result + "}");
      }
    }

    @Test
    void errorOfTheServer_keepsItsData() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        process.send(
            "{\"jsonrpc\":\"2.0\",\"id\":"
                + process.expect("a/call").at("/id").orElseThrow()
                + ",\"error\":{\"code\":-5,\"message\":\"m\",\"data\":{\"d\":1.50},\"more\":true}}");
        McpResponse response = soon(call);
        assertThat(response.isError()).isTrue();
        assertThat(response.error().orElseThrow().data()).contains(Json.parse("{\"d\":1.50}"));
        assertThat(response.envelope().toString()).contains("\"more\":true").contains("1.50");
        assertThatThrownBy(response::result).isInstanceOf(McpErrorException.class);
      }
    }

    @Test
    void sameIdOfTwoCallers_isNoConfusion() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpRequest request = McpRequest.of("a/call").id(Json.of(1));
        CompletableFuture<McpResponse> first = fixture.session.callAsync(request);
        Json one = process.expect("a/call");
        CompletableFuture<McpResponse> second = fixture.session.callAsync(request);
        Json two = process.expect("a/call");
        process.reply(two, "{\"n\":2}").reply(one, "{\"n\":1}");
        assertThat(soon(first).envelope())
            .hasToString("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"n\":1}}");
        assertThat(soon(second).result()).hasToString("{\"n\":2}");
      }
    }

    @Test
    void badRequests_areRefusedBeforeAnythingIsSent() {
      assertThat(failure(() -> McpRequest.of("")).code()).isEqualTo(Code.INVALID_ARGUMENT);
      McpRequest request = McpRequest.of("a/call");
      assertThat(failure(() -> request.params(Json.parse("[]"))).code())
          .isEqualTo(Code.INVALID_ARGUMENT);
      for (String id : List.of("null", "{}", "[]", "true")) {
        assertThat(failure(() -> request.id(Json.parse(id))).code())
            .isEqualTo(Code.INVALID_ARGUMENT);
      }
      assertThat(failure(() -> request.timeout(Duration.ZERO)).code())
          .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void moreCallsThanMayWait_areRefused() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.limits(McpLimits.STANDARD.withPendingCalls(2)))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> first = fixture.calling("a/call");
        CompletableFuture<McpResponse> second = fixture.calling("a/call");
        assertThat(failure(fixture.calling("a/call")).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        process.reply(process.expect("a/call"), "{}");
        soon(first);
        process.reply(process.expect("a/call"), "{}");
        soon(second);
        fixture.works(process);
      }
    }

    @Test
    void tooLongAMessage_isRefusedHereAndNothingStaysPending() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.limits(McpLimits.STANDARD.withMessageBytes(4096, 4096)))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpToolResult> call =
            fixture.session.callToolAsync("t", Map.of("x", "y".repeat(5000)));
        assertThat(failure(call).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(fixture.session.counters().pendingCalls()).isZero();
        fixture.works(process);
      }
    }

    @Test
    void sixtyFourThreads_eachGetTheirOwnAnswer() {
      try (SessionFixture fixture =
          SessionFixture.scripted(
              process -> process.onLine(McpSessionCallsTest::echo),
              b -> b.era(McpEra.Mode.LEGACY))) {
        AtomicInteger wrong = new AtomicInteger();
        List<CompletableFuture<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 64; t++) {
          int thread = t;
          threads.add(
              later(
                  () -> {
                    for (int i = 0; i < 200; i++) {
                      String text = thread + "-" + i;
                      if (!fixture
                          .session
                          .callTool("echo", Map.of("message", text))
                          .text()
                          .equals(text)) {
                        wrong.incrementAndGet();
                      }
                    }
                    return true;
                  }));
        }
        threads.forEach(SessionFixture::soon);
        assertThat(wrong).hasValue(0);
        assertThat(fixture.session.counters().pendingCalls()).isZero();
        assertThat(fixture.server.starts()).isOne();
      }
    }
  }

  private static void echo(FakeProcess process, String line) {
    Json message = Json.parse(line);
    switch (message.string("/method").orElse("")) {
      case "initialize" ->
          process.reply(message, SessionFixture.initialized("2025-11-25", SessionFixture.ALL));
      case "tools/call" ->
          process.reply(
              message,
              "{\"content\":[{\"type\":\"text\",\"text\":"
                  + message.at("/params/arguments/message").orElseThrow()
                  + "}]}");
      default -> {
        // initialized
      }
    }
  }

  @Nested
  class CancelAndTimeout {
    @Test
    void timeout_cancelsAndALateAnswerIsSwallowed() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            later(
                () -> fixture.session.call(McpRequest.of("a/call").timeout(Duration.ofMillis(50))));
        Json seen = process.expect("a/call");
        assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
        assertThat(process.expect("notifications/cancelled").at("/params/requestId"))
            .isEqualTo(seen.at("/id"));
        process.reply(seen, "{}");
        fixture.works(process);
        assertThat(fixture.session.counters().strayAnswers()).isOne();
        assertThat(fixture.session.counters().pendingCalls()).isZero();
      }
    }

    @Test
    void cancelledFuture_cancelsOnce() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        Json seen = process.expect("a/call");
        call.cancel(true);
        call.cancel(true);
        assertThat(process.expect("notifications/cancelled").at("/params/requestId"))
            .isEqualTo(seen.at("/id"));
        fixture.works(process);
      }
    }

    @Test
    void interruptOfACaller_cancelsItsCallAndStaysWithTheThread() throws Exception {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        AtomicBoolean flag = new AtomicBoolean();
        CompletableFuture<Code> code = new CompletableFuture<>();
        Thread caller =
            new Thread(
                () -> {
                  code.complete(failure(() -> fixture.session.callTool("t")).code());
                  flag.set(Thread.currentThread().isInterrupted());
                });
        caller.start();
        process.expect("tools/call");
        caller.interrupt();
        caller.join(20_000);
        assertThat(soon(code)).isEqualTo(Code.CANCELLED);
        assertThat(flag).isTrue();
        process.expect("notifications/cancelled");
        fixture.works(process);
      }
    }

    @Test
    void callThatWasCancelledBeforeTheServerWasReady_isNeverSent() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        call.cancel(true);
        process.reply(initialize, SessionFixture.initialized("2025-11-25", SessionFixture.ALL));
        process.expect("notifications/initialized");
        fixture.works(process);
      }
    }

    @Test
    void progress_keepsACallAliveUpToTheTotal() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.maxTotalTimeout(Duration.ofSeconds(2)))) {
        FakeProcess process = fixture.ready();
        BlockingQueue<McpProgress> progress = new LinkedBlockingQueue<>();
        long begun = System.nanoTime();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of("a/call").timeout(Duration.ofSeconds(1)).onProgress(progress::add));
        String token =
            process.expect("a/call").at("/params/_meta/progressToken").orElseThrow().toString();
        while (!call.isDone()) {
          process.send(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":"
                  + "{\"progressToken\":"
                  + token
                  + ",\"progress\":1}}");
          assertThat(poll(progress, call)).isTrue();
        }
        assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
            .isGreaterThan(Duration.ofSeconds(2));
      }
    }

    private boolean poll(BlockingQueue<McpProgress> progress, CompletableFuture<?> call) {
      try {
        McpProgress unused = progress.poll(100, TimeUnit.MILLISECONDS);
        return !Thread.currentThread().isInterrupted() || call.isDone();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Nested
  class Tasks {
    private static final String CREATED = "{\"task\":{\"taskId\":\"t-1\",\"status\":\"working\"}}";

    @Test
    void cancelledTaskCall_isCancelledByItsNameOnceThatIsKnown() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of("tools/call", Map.of("name", "t", "task", Map.of("ttl", 1000))));
        Json seen = process.expect("tools/call");
        call.cancel(true);
        fixture.works(process); // and no notifications/cancelled came before
        process.reply(seen, CREATED);
        assertThat(process.expect("tasks/cancel").string("/params/taskId")).contains("t-1");
      }
    }

    @Test
    void timeoutOfATaskCall_isCancelledByItsName() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of("tools/call", Map.of("name", "t", "task", Map.of("ttl", 1000)))
                    .timeout(Duration.ofMillis(50)));
        Json seen = process.expect("tools/call");
        assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
        process.reply(seen, CREATED);
        process.expect("tasks/cancel");
      }
    }

    @Test
    void statusBeforeTheResult_isToleratedAndHeard() throws Exception {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      McpListener listener =
          new McpListener() {
            @Override
            public void notification(McpNotification notification) {
              heard.add(notification.method());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpTask> start =
            later(() -> fixture.session.startTool("t", Map.of(), Duration.ofSeconds(60)));
        Json seen = process.expect("tools/call");
        assertThat(seen.at("/params/task/ttl")).contains(Json.of(60_000));
        process.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks/status\",\"params\":"
                + "{\"taskId\":\"t-1\",\"status\":\"working\"}}");
        process.reply(seen, CREATED);
        McpTask task = soon(start);
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("notifications/tasks/status");
        assertThat(answered(process, "tasks/get", "{\"status\":\"completed\"}", task::status))
            .isEqualTo("completed");
        assertThat(
                answered(
                    process,
                    "tasks/result",
                    "{\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}",
                    () -> task.await(Duration.ofSeconds(20))))
            .hasToString("x");
      }
    }

    @Test
    void awaitThatTakesTooLong_cancelsTheTask() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        McpTask task =
            answered(
                process,
                "tools/call",
                CREATED,
                () -> fixture.session.startTool("t", Map.of(), Duration.ofSeconds(60)));
        CompletableFuture<McpToolResult> result = later(() -> task.await(Duration.ofMillis(50)));
        process.expect("tasks/result");
        assertThat(failure(result).code()).isEqualTo(Code.TIMEOUT);
        Set<String> methods = new HashSet<>();
        methods.add(Json.parse(process.expect()).string("/method").orElse(""));
        methods.add(Json.parse(process.expect()).string("/method").orElse(""));
        assertThat(methods).contains("tasks/cancel");
      }
    }

    @Test
    void serverWithoutTasks_isNotAskedForOne() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpServer> server = later(fixture.session::connect);
        greet(fixture.server.process(), "2025-11-25", "{\"tools\":{}}");
        soon(server);
        assertThat(
                failure(() -> fixture.session.startTool("t", Map.of(), Duration.ofSeconds(1)))
                    .code())
            .isEqualTo(Code.UNSUPPORTED);
      }
    }
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
          SessionFixture.legacy(b -> b.limits(McpLimits.STANDARD.withLists(3, 5)))) {
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

  private static boolean run(Runnable work) {
    work.run();
    return true;
  }
}

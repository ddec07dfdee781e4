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
  class Raw {
    @Test
    void unknownMembersAndNumbers_comeBackAsTheyWere() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        String result =
            "{\"a\":1.0,\"b\":1e2,\"new\":{\"x\":[null]},\"_meta\":{\"k\":12345678901234567890}}";
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(McpRequest.of("a/call").withId(Json.parse("1.0")));
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
        McpRequest request = McpRequest.of("a/call").withId(Json.of(1));
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
      assertThat(failure(() -> request.withParams(Json.parse("[]"))).code())
          .isEqualTo(Code.INVALID_ARGUMENT);
      for (String id : List.of("null", "{}", "[]", "true")) {
        assertThat(failure(() -> request.withId(Json.parse(id))).code())
            .isEqualTo(Code.INVALID_ARGUMENT);
      }
      assertThat(failure(() -> request.withTimeout(Duration.ZERO)).code())
          .isEqualTo(Code.INVALID_ARGUMENT);
    }

    @Test
    void moreCallsThanMayWait_areRefused() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.limits(McpLimits.defaults().withPendingCalls(2)))) {
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
          SessionFixture.legacy(b -> b.limits(McpLimits.defaults().withMessageBytes(4096, 4096)))) {
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
              b -> b.era(McpEraPolicy.LEGACY_ONLY))) {
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

  @Nested
  class CancelAndTimeout {
    @Test
    void timeout_cancelsAndALateAnswerIsSwallowed() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            later(
                () ->
                    fixture.session.call(
                        McpRequest.of("a/call").withTimeout(Duration.ofMillis(50))));
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
                McpRequest.of("a/call")
                    .withTimeout(Duration.ofSeconds(1))
                    .withProgress(progress::add));
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
                    .withTimeout(Duration.ofMillis(50)));
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
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        greet(fixture.server.process(), "2025-11-25", "{\"tools\":{}}");
        soon(server);
        assertThat(
                failure(() -> fixture.session.startTool("t", Map.of(), Duration.ofSeconds(1)))
                    .code())
            .isEqualTo(Code.UNSUPPORTED);
      }
    }
  }
}

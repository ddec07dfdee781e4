package dev.warren.mcp.proxy;

import static dev.warren.mcp.http.HttpHarness.call;
import static dev.warren.mcp.http.HttpHarness.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEraPolicy;
import dev.warren.mcp.fixture.InProcessServer;
import dev.warren.mcp.http.HttpHarness;
import dev.warren.testsupport.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON-RPC entry of the first system, without its faults. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class McpProxyTest {
  private static final BotId BOT = BotId.of("bot-1");
  private static final McpRoute ALICE = McpRoute.of(BOT, "everything", "alice");
  private static final McpRoute BOB = McpRoute.of(BOT, "everything", "bob");

  private final InProcessServer fixture = new InProcessServer();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private McpProxy proxy = proxy(builder());

  private McpProxy.Builder builder() {
    return McpProxy.builder(
            (bot, server) -> server.equals("everything") ? Optional.of(fixture) : Optional.empty())
        .sessionSetup(session -> session.era(McpEraPolicy.LEGACY_ONLY));
  }

  private McpProxy proxy(McpProxy.Builder builder) {
    if (proxy != null) {
      proxy.close();
    }
    proxy = builder.build();
    return proxy;
  }

  @AfterEach
  void stop() {
    proxy.close();
    threads.shutdownNow();
  }

  private Json ask(McpRoute route, String message) {
    return Json.parse(proxy.handle(route, message).orElseThrow());
  }

  private Future<Json> later(McpRoute route, String message) {
    return threads.submit(() -> ask(route, message));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense | -32700",
        "[] | -32600",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}] | -32600",
        "{\"id\":1,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"ping\"} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7} | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\"} | -32601",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"  \"} | -32601",
        "{\"jsonrpc\":\"2.0\",\"id\":1} | -32601",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]} | -32602",
      })
  void badMessage_isAnsweredWithItsCode_andStartsNothing(String message, int code) {
    assertThat(ask(ALICE, message).at("/error/code")).contains(Json.of(code));
    assertThat(fixture.started()).isZero();
  }

  @Test
  void anotherBotsServer_doesNotExist() {
    McpRoute stranger = new McpRoute(BotId.of("bot-2"), BOT, "everything", "eve");

    assertThatThrownBy(() -> proxy.handle(stranger, call(1, "echo", "{}")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    assertThatThrownBy(() -> proxy.handle(McpRoute.of(BOT, "none", ""), call(1, "echo", "{}")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "\"1\"", "0", "\"\"", "-3", "1.0", "1e0", "123456789012345678901234567890"})
  void ids_comeBackAsTheyWere(String id) {
    assertThat(proxy.handle(ALICE, call(id, "test_simple_text", "{}")).orElseThrow())
        .contains("\"id\":" + id + ",");
  }

  @Test
  void notificationsAndAnswers_areAcceptedWithoutABody() {
    assertThat(
            proxy.handle(
                ALICE, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}"))
        .isEmpty();
    assertThat(proxy.handle(ALICE, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{}}")).isEmpty();
  }

  @Test
  void hundredFirstCalls_makeOneProcess_andEachGetsItsAnswer() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Json>> replies = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String message = call(1, "echo", "{\"n\":" + i + "}");
      McpRoute route = i % 2 == 0 ? ALICE : BOB;
      replies.add(
          threads.submit(
              () -> {
                go.await();
                return ask(route, message);
              }));
    }
    go.countDown();

    for (int i = 0; i < 100; i++) {
      assertThat(replies.get(i).get().at("/result/structuredContent/n")).contains(Json.of(i));
    }
    assertThat(fixture.started()).isEqualTo(1);
    assertThat(proxy.sessionCount()).isEqualTo(1);
  }

  @Test
  void secondInitialize_isAnsweredFromTheFirst_andNotForwarded() {
    Json first = ask(ALICE, HttpHarness.initialize());
    Json second = ask(BOB, HttpHarness.initialize().replace("\"init\"", "42"));

    assertThat(first.string("/result/serverInfo/name")).contains("warren-everything");
    assertThat(second.at("/id")).contains(Json.of(42));
    assertThat(second.at("/result")).isEqualTo(first.at("/result"));
    assertThat(text(ask(ALICE, call(1, "initializations", "{}")))).isEqualTo("1");
  }

  @Test
  void serversError_passesWithItsData() {
    Json reply =
        ask(
            ALICE,
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"resources/read\",\"params\":{\"uri\":\"x:y\"}}");

    assertThat(reply.at("/error"))
        .contains(
            Json.parse(
                "{\"code\":-32002,\"message\":\"Resource not found\",\"data\":{\"uri\":\"x:y\"}}"));
  }

  @Test
  void cancel_endsTheCallOfItsOwnClientOnly() throws Exception {
    Future<Json> alice = later(ALICE, call(1, "wait", "{}"));
    Future<Json> bob = later(BOB, call(1, "wait", "{\"millis\":1500}"));
    String cancel =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}";

    Await.until(
        () -> {
          proxy.handle(ALICE, cancel);
          return alice.isDone();
        });

    assertThat(alice.get().string("/error/data/code")).contains("CANCELLED");
    assertThat(text(bob.get())).isEqualTo("waited");
  }

  @Test
  void callerThatLeaves_disturbsNobody() throws Exception {
    Future<Json> bob = later(BOB, call(1, "wait", "{\"millis\":1000}"));
    CompletableFuture<Optional<String>> left = new CompletableFuture<>();
    Thread alice =
        new Thread(() -> left.complete(proxy.handle(ALICE, call(1, "wait", "{}"))), "alice");
    alice.start();
    Await.until(() -> fixture.running() == 1 && alice.getState() == Thread.State.WAITING);
    alice.interrupt();

    assertThat(left.get().orElseThrow()).contains("CANCELLED");
    assertThat(text(bob.get())).isEqualTo("waited");
    assertThat(fixture.started()).isEqualTo(1);
  }

  @Test
  void crash_failsItsCalls_withoutInternalText_andTheNextCallHasANewProcess() {
    Json failed = ask(ALICE, call(1, "crash", "{}"));

    assertThat(failed.at("/error/code")).contains(Json.of(-32603));
    assertThat(failed.string("/error/data/code")).contains("UNAVAILABLE");
    assertThat(failed.toString()).doesNotContain("JVM").doesNotContain("Exception");
    assertThat(text(ask(ALICE, call(2, "test_simple_text", "{}")))).startsWith("This is");
    assertThat(fixture.started()).isEqualTo(2);
  }

  @Test
  void stoppedSandbox_endsItsSessions_andTheNextCallMakesANewOne() throws Exception {
    ask(ALICE, call(1, "echo", "{}"));

    proxy.listener().stopped(BOT, 0);

    Await.until(() -> proxy.sessionCount() == 0 && fixture.running() == 0);
    assertThat(ask(ALICE, call(2, "echo", "{}")).at("/result")).isPresent();
    assertThat(fixture.started()).isEqualTo(2);
  }

  @Test
  void idleSession_ends() throws Exception {
    proxy(builder().idle(Duration.ofMillis(100)));
    ask(ALICE, call(1, "echo", "{}"));

    Await.until(() -> proxy.sessionCount() == 0 && fixture.running() == 0);
  }

  @Test
  void oneSessionTooMany_takesThePlaceOfTheIdlest_andNeverOfABusyOne() throws Exception {
    proxy(builder().maxSessions(1));
    McpRoute other = McpRoute.of(BotId.of("bot-2"), "everything", "");
    ask(ALICE, call(1, "echo", "{}"));
    assertThat(ask(other, call(1, "echo", "{}")).at("/result")).isPresent();
    assertThat(proxy.sessionCount()).isEqualTo(1);

    Thread busy = new Thread(() -> ask(other, call(2, "wait", "{}")), "busy");
    busy.start();
    Await.until(() -> busy.getState() == Thread.State.WAITING);
    assertThatThrownBy(() -> proxy.handle(ALICE, call(3, "echo", "{}")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED));
    assertThat(busy.isAlive()).isTrue();
  }

  @Test
  void close_answersThoseWhoWait_andTakesNoMore() throws Exception {
    Future<Json> waiting = later(ALICE, call(1, "wait", "{}"));
    Await.until(() -> fixture.running() == 1);

    proxy.close();

    assertThat(waiting.get().at("/error/code")).contains(Json.of(-32603));
    assertThatThrownBy(() -> proxy.handle(ALICE, call(2, "echo", "{}")))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
    assertThat(fixture.running()).isZero();
  }
}

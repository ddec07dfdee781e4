package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.McpErrorException.RpcError;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 33, 34, 40 and 42 to 46: what a server asks and tells. */
class McpSessionServerToClientTest {

  private static FakeProcess ask(FakeProcess process, String id, String method, String params) {
    return process.send(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}");
  }

  /** The next line, which must be the answer to this id, token by token. */
  private static Json answer(FakeProcess process, String id) {
    Json answer = Json.parse(process.expect());
    assertThat(answer.at("/method")).isEmpty();
    assertThat(answer.at("/id").map(Json::toString)).contains(id);
    return answer;
  }

  @Nested
  class Requests {
    @ParameterizedTest
    @ValueSource(strings = {"0", "\"\"", "-3", "\"1\"", "1.0", "12345678901234567890"})
    void ping_isAnsweredAnyTimeWithItsIdAsItWas(String id) {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        ask(process, id, "ping", "{}");
        assertThat(answer(process, id).at("/result")).contains(Json.EMPTY_OBJECT);
      }
    }

    @Test
    void rootsList_isAnsweredOnceWithTheRootsOfNow() {
      AtomicReference<List<McpRoot>> roots =
          new AtomicReference<>(List.of(McpRoot.of("file:///a", "A")));
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.roots(roots::get))) {
        FakeProcess process = fixture.ready();
        ask(process, "0", "roots/list", "{}");
        assertThat(answer(process, "0").at("/result"))
            .contains(Json.parse("{\"roots\":[{\"uri\":\"file:///a\",\"name\":\"A\"}]}"));
        roots.set(List.of());
        fixture.session.rootsChanged();
        process.expect("notifications/roots/list_changed");
        ask(process, "1", "roots/list", "{}");
        assertThat(answer(process, "1").at("/result")).contains(Json.parse("{\"roots\":[]}"));
        fixture.works(process);
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void rootsChanged_withoutRoots_saysNothing() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        fixture.session.rootsChanged();
        fixture.works(process);
      }
    }

    @Test
    void sampling_isAnsweredByTheHandler() {
      BlockingQueue<McpSampling.Request> seen = new LinkedBlockingQueue<>();
      McpSampling.Handler handler =
          request -> {
            seen.add(request);
            return McpSampling.Result.text("m-1", "fine");
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.sampling(handler))) {
        FakeProcess process = fixture.ready();
        ask(
            process,
            "\"s\"",
            "sampling/createMessage",
            "{\"messages\":[{\"role\":\"user\",\"content\":{\"type\":\"text\",\"text\":\"how?\"}}],"
                + "\"systemPrompt\":\"be\",\"maxTokens\":5}");
        Json result = answer(process, "\"s\"").at("/result").orElseThrow();
        assertThat(result.string("/content/text")).contains("fine");
        assertThat(result.string("/model")).contains("m-1");
        McpSampling.Request request = seen.remove();
        assertThat(request.messages().get(0).content()).hasToString("[how?]");
        assertThat(request.maxTokens()).contains(5L);
        assertThat(request.systemPrompt()).contains("be");
      }
    }

    @Test
    void samplingWithTools_declaresThemAndHandsThemOn() {
      BlockingQueue<McpSampling.Request> seen = new LinkedBlockingQueue<>();
      McpSampling.Handler handler =
          request -> {
            seen.add(request);
            return McpSampling.Result.text("m-1", "fine");
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.samplingWithTools(handler))) {
        var server = SessionFixture.later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        assertThat(initialize.at("/params/capabilities"))
            .contains(Json.parse("{\"sampling\":{\"tools\":{}}}"));
        process.reply(initialize, SessionFixture.initialized("2025-11-25", "{}"));
        process.expect("notifications/initialized");
        soon(server);
        ask(
            process,
            "1",
            "sampling/createMessage",
            "{\"messages\":[],\"tools\":[{\"name\":\"t\"}]}");
        assertThat(answer(process, "1").at("/result/model")).contains(Json.of("m-1"));
        assertThat(seen.remove().raw().string("/tools/0/name")).contains("t");
      }
    }

    @Test
    void elicitation_goesToTheHandlerOfItsModeAndOtherModesAreRefused() {
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.formElicitation(
                      form -> McpElicitation.Answer.accept(Map.of("said", form.message()))))) {
        FakeProcess process = fixture.ready();
        ask(process, "1", "elicitation/create", "{\"message\":\"name?\",\"requestedSchema\":{}}");
        assertThat(answer(process, "1").at("/result"))
            .contains(Json.parse("{\"action\":\"accept\",\"content\":{\"said\":\"name?\"}}"));
        ask(process, "2", "elicitation/create", "{\"mode\":\"url\",\"url\":\"https://x\"}");
        assertThat(answer(process, "2").at("/error/code")).contains(Json.of(-32602));
      }
    }

    @Test
    void urlElicitation_isDeclaredAndAnswered() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.urlElicitation(visit -> McpElicitation.Answer.decline()))) {
        var server = SessionFixture.later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        assertThat(initialize.at("/params/capabilities"))
            .contains(Json.parse("{\"elicitation\":{\"url\":{}}}"));
        process.reply(initialize, SessionFixture.initialized("2025-11-25", "{}"));
        process.expect("notifications/initialized");
        soon(server);
        ask(process, "2", "elicitation/create", "{\"mode\":\"url\",\"url\":\"https://x\"}");
        assertThat(answer(process, "2").string("/result/action")).contains("decline");
      }
    }

    @Test
    void requestWithoutAHandler_isAnsweredMethodNotFound() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        ask(process, "9", "roots/list", "{}");
        assertThat(answer(process, "9").at("/error/code")).contains(Json.of(-32601));
      }
    }

    @Test
    void handlerThatThrows_isAnsweredWithoutItsText() {
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.requestHandler(
                      "x/y",
                      params -> {
                        throw new IllegalStateException("secret place");
                      }))) {
        FakeProcess process = fixture.ready();
        ask(process, "9", "x/y", "{}");
        Json answer = answer(process, "9");
        assertThat(answer.at("/error/code")).contains(Json.of(-32603));
        assertThat(answer.toString()).doesNotContain("secret").doesNotContain("IllegalState");
      }
    }

    @Test
    void handlerThatThrowsAnMcpError_isAnsweredWithIt() {
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.requestHandler(
                      "x/y",
                      params -> {
                        throw new McpErrorException(
                            "x/y", new RpcError(-1, "refused", Optional.of(Json.of(List.of(7)))));
                      }))) {
        FakeProcess process = fixture.ready();
        ask(process, "9", "x/y", "{}");
        assertThat(answer(process, "9").at("/error"))
            .contains(Json.parse("{\"code\":-1,\"message\":\"refused\",\"data\":[7]}"));
      }
    }

    @Test
    void handlerThatNeverReturns_isInterruptedAndAnsweredInTime() throws Exception {
      CountDownLatch interrupted = new CountDownLatch(1);
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.handlerTimeout(Duration.ofMillis(100))
                      .requestHandler(
                          "x/y",
                          params -> {
                            try {
                              new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                              interrupted.countDown();
                            }
                            return Json.EMPTY_OBJECT;
                          }))) {
        FakeProcess process = fixture.ready();
        ask(process, "9", "x/y", "{}");
        assertThat(answer(process, "9").at("/error/code")).contains(Json.of(-32603));
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        fixture.works(process);
      }
    }

    @Test
    void requestTakenBack_interruptsItsHandlerAndIsNotAnswered() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.requestHandler(
                      "x/y",
                      params -> {
                        running.countDown();
                        try {
                          new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                          interrupted.countDown();
                        }
                        return Json.EMPTY_OBJECT;
                      }))) {
        FakeProcess process = fixture.ready();
        ask(process, "\"7\"", "x/y", "{}");
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        process.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":"
                + "{\"requestId\":\"7\"}}");
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        fixture.works(process);
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void tooManyRequestsAtATime_areRefusedAndCountedAndAnswersAreNotStarved() {
      CountDownLatch end = new CountDownLatch(1);
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.limits(McpLimits.defaults().withQueues(10, 2))
                      .requestHandler(
                          "x/y",
                          params -> {
                            end.await();
                            return Json.EMPTY_OBJECT;
                          }))) {
        FakeProcess process = fixture.ready();
        for (int i = 0; i < 1_000; i++) {
          ask(process, Integer.toString(i), "x/y", "{}");
        }
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        String line = process.expect();
        int refused = 0;
        while (!line.contains("a/call")) {
          refused++;
          line = process.expect();
        }
        process.reply(Json.parse(line), "{}");
        assertThat(soon(call).isError()).isFalse();
        while (refused < 998) {
          assertThat(process.expect()).contains("-32603");
          refused++;
        }
        assertThat(fixture.session.counters().refusedRequests()).isEqualTo(998);
        end.countDown();
        process.expect();
        process.expect();
      }
    }
  }

  @Nested
  class Reentrancy {
    @Test
    void slowHandler_doesNotHoldUpAnswers() {
      CountDownLatch end = new CountDownLatch(1);
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.requestHandler(
                      "x/y",
                      params -> {
                        end.await();
                        return Json.EMPTY_OBJECT;
                      }))) {
        FakeProcess process = fixture.ready();
        ask(process, "0", "x/y", "{}");
        fixture.works(process);
        end.countDown();
        answer(process, "0");
      }
    }

    @Test
    void handlerThatCallsTheSession_getsItsAnswer() {
      AtomicReference<McpSession> session = new AtomicReference<>();
      try (SessionFixture fixture =
          SessionFixture.legacy(
              b ->
                  b.requestHandler(
                      "x/y", params -> session.get().call(McpRequest.of("a/inner")).result()))) {
        session.set(fixture.session);
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> outer = fixture.calling("a/outer");
        Json outerCall = process.expect("a/outer");
        ask(process, "0", "x/y", "{}");
        process.reply(process.expect("a/inner"), "{\"inner\":1}");
        assertThat(answer(process, "0").at("/result")).contains(Json.parse("{\"inner\":1}"));
        process.reply(outerCall, "{}");
        assertThat(soon(outer).isError()).isFalse();
      }
    }

    @Test
    void listenerThatCallsTheSession_getsItsAnswer() {
      AtomicReference<McpSession> session = new AtomicReference<>();
      CompletableFuture<List<McpTool>> tools = new CompletableFuture<>();
      McpListener listener =
          new McpListener() {
            @Override
            public void toolsChanged() {
              tools.complete(session.get().listTools());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        session.set(fixture.session);
        FakeProcess process = fixture.ready();
        process.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        process.reply(process.expect("tools/list"), "{\"tools\":[{\"name\":\"t\"}]}");
        assertThat(soon(tools)).extracting(McpTool::name).containsExactly("t");
      }
    }

    @Test
    void closeInAListener_doesNotHang() {
      AtomicReference<McpSession> session = new AtomicReference<>();
      CompletableFuture<McpState> state = new CompletableFuture<>();
      McpListener listener =
          new McpListener() {
            @Override
            public void toolsChanged() {
              session.get().close();
              state.complete(session.get().state());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        session.set(fixture.session);
        FakeProcess process = fixture.ready();
        process.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        assertThat(soon(state)).isInstanceOf(McpState.Closed.class);
      }
    }
  }
}

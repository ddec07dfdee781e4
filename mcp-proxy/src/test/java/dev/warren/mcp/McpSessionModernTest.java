package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 46 to 50: the era without handshakes, and without requests of the server. */
class McpSessionModernTest {
  private static final String VERSION = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

  private static SessionFixture modern() {
    return SessionFixture.modern(b -> b);
  }

  private static CompletableFuture<McpToolResult> tool(SessionFixture fixture) {
    return fixture.session.callToolAsync("t", Map.of("a", 1));
  }

  @Nested
  class Meta {
    @Test
    void eachRequest_saysVersionCapabilitiesAndName() {
      try (SessionFixture fixture =
          SessionFixture.modern(b -> b.sampling(r -> McpSampling.Result.text("m", "x")))) {
        FakeProcess process = fixture.readyModern();
        var unused = fixture.calling("a/call");
        Json meta = process.expect("a/call").at("/params/_meta").orElseThrow();
        assertThat(meta)
            .isEqualTo(
                Json.parse(
                    """
                    {"io.modelcontextprotocol/protocolVersion":"2026-07-28",
                     "io.modelcontextprotocol/clientCapabilities":{"sampling":{}},
                     "io.modelcontextprotocol/clientInfo":{"name":"warren","version":"0.1"}}"""));
      }
    }

    @Test
    void whatTheCallerPutsIntoMeta_stays() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        var unused =
            fixture.session.callAsync(
                McpRequest.of(
                    "a/call",
                    Json.parse(
                        "{\"_meta\":{\"traceparent\":\"00-1\",\"io.modelcontextprotocol/clientInfo\":"
                            + "{\"name\":\"own\",\"version\":\"9\"}},\"x\":1.50}")));
        String line = process.expect();
        Json seen = Json.parse(line);
        assertThat(seen.string("/params/_meta/traceparent")).contains("00-1");
        assertThat(seen.string("/params/_meta/io.modelcontextprotocol~1clientInfo/name"))
            .contains("own");
        assertThat(seen.string(VERSION)).contains("2026-07-28");
        assertThat(line).contains("\"x\":1.50");
      }
    }

    @Test
    void logLevel_goesAlongWithEachRequest() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        fixture.session.setLogLevel(McpLogLevel.WARNING);
        var unused = fixture.calling("a/call");
        assertThat(
                process.expect("a/call").string("/params/_meta/io.modelcontextprotocol~1logLevel"))
            .contains("warning");
      }
    }

    @Test
    void refusedVersionOfTheCaller_isTriedOnceWithTheCommonOne() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of(
                    "a/call",
                    Json.parse(
                        "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2027-01-01\"}}")));
        Json first = process.expect("a/call");
        assertThat(first.string(VERSION)).contains("2027-01-01");
        refuse(process, first);
        Json second = process.expect("a/call");
        assertThat(second.string(VERSION)).contains("2026-07-28");
        assertThat(second.at("/id")).isNotEqualTo(first.at("/id"));
        refuse(process, second);
        assertThat(soon(call).error().orElseThrow().code())
            .as("the second refusal is the answer")
            .isEqualTo(-32022);
      }
    }

    private void refuse(FakeProcess process, Json request) {
      process.send(
          "{\"jsonrpc\":\"2.0\",\"id\":"
              + request.at("/id").orElseThrow()
              + ",\"error\":{\"code\":-32022,\"message\":\"no\",\"data\":"
              + "{\"supported\":[\"2026-07-28\"]}}}");
    }

    @Test
    void methodsOfTheOlderEra_failHere() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        for (String method : List.of("ping", "logging/setLevel", "resources/subscribe")) {
          assertThat(failure(fixture.calling(method)).code()).isEqualTo(Code.UNSUPPORTED);
        }
        assertThat(failure(fixture.calling("initialize")).code()).isEqualTo(Code.UNSUPPORTED);
        fixture.works(process);
      }
    }

    @Test
    void ping_asksForTheDiscovery() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<Boolean> ping =
            later(
                () -> {
                  fixture.session.ping();
                  return true;
                });
        process.reply(process.expect("server/discover"), SessionFixture.discovered("{}"));
        soon(ping);
      }
    }
  }

  @Nested
  class Results {
    @ParameterizedTest
    @ValueSource(strings = {"{\"content\":[]}", "{\"resultType\":\"complete\",\"content\":[]}"})
    void absentOrCompleteType_isTheResult(String result) {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        process.reply(process.expect("tools/call"), result);
        assertThat(soon(call).raw()).hasToString(result);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"task\"", "\"later\"", "7", "null"})
    void unknownType_isInvalid(String type) {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        process.reply(process.expect("tools/call"), "{\"resultType\":" + type + "}");
        assertThat(failure(call).code()).isEqualTo(Code.DATA_LOSS);
        fixture.works(process);
      }
    }
  }

  @Nested
  class ServerRequests {
    @Test
    void requestOfTheServer_isDroppedCountedAndNeverAnswered() {
      try (SessionFixture fixture = SessionFixture.modern(b -> b.roots(McpRoot.of("file:///a")))) {
        FakeProcess process = fixture.readyModern();
        process.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
        process.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"roots/list\"}");
        process.send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"who/knows\"}");
        process.flushed();
        fixture.works(process);
        assertThat(process.unexpected()).isEmpty();
        assertThat(fixture.session.counters().refusedRequests()).isEqualTo(3);
      }
    }
  }

  @Nested
  class AskingBack {
    private static final String ASK_ROOTS = "\"inputRequests\":{\"r\":{\"method\":\"roots/list\"}}";
    private static final String STATE = "\"requestState\":\"op\\u0061que==\"";

    private SessionFixture fixture() {
      return SessionFixture.modern(
          b ->
              b.roots(McpRoot.of("file:///a"))
                  .formElicitation(form -> McpElicitation.Answer.accept(Map.of("n", 1)))
                  .limits(McpLimits.defaults().withRounds(3)));
    }

    private void ask(FakeProcess process, Json request, String members) {
      process.reply(request, "{\"resultType\":\"input_required\"," + members + "}");
    }

    @Test
    void questionsAndState_areAnsweredUnderANewIdWithTheStateAsItWas() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        Json first = process.expect("tools/call");
        ask(
            process,
            first,
            "\"inputRequests\":{\"r\":{\"method\":\"roots/list\"},\"e\":{\"method\":"
                + "\"elicitation/create\",\"params\":{\"message\":\"n?\"}}},"
                + STATE);
        String line = process.expect();
        Json second = Json.parse(line);
        assertThat(second.at("/id")).isNotEqualTo(first.at("/id"));
        assertThat(second.at("/params/arguments")).isEqualTo(first.at("/params/arguments"));
        assertThat(second.at("/params/_meta")).isEqualTo(first.at("/params/_meta"));
        assertThat(line).as("the state, to the byte").contains(STATE);
        assertThat(second.at("/params/inputResponses"))
            .contains(
                Json.parse(
                    "{\"r\":{\"roots\":[{\"uri\":\"file:///a\"}]},"
                        + "\"e\":{\"action\":\"accept\",\"content\":{\"n\":1}}}"));
        process.reply(second, "{\"content\":[{\"type\":\"text\",\"text\":\"done\"}]}");
        assertThat(soon(call)).hasToString("done");
      }
    }

    @Test
    void threeRounds_areAllowedAndAbsentStateStaysAbsent() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        for (int i = 0; i < 3; i++) {
          ask(process, process.expect("tools/call"), ASK_ROOTS + (i == 0 ? "," + STATE : ""));
        }
        Json last = process.expect("tools/call");
        assertThat(last.at("/params/requestState")).isEmpty();
        process.reply(last, "{\"content\":[]}");
        assertThat(soon(call).isError()).isFalse();
      }
    }

    @Test
    void oneRoundMoreThanTheLimit_failsTheCall() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        for (int i = 0; i < 4; i++) {
          ask(process, process.expect("tools/call"), ASK_ROOTS);
        }
        assertThat(failure(call).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        fixture.works(process);
      }
    }

    @Test
    void stateOnly_isAskedAgainWithoutAnswers() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        ask(process, process.expect("tools/call"), STATE);
        Json second = process.expect("tools/call");
        assertThat(second.string("/params/requestState")).contains("opaque==");
        assertThat(second.at("/params/inputResponses")).isEmpty();
        process.reply(second, "{\"content\":[]}");
        soon(call);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sampling/createMessage", "who/knows", ""})
    void questionWithoutAHandler_failsTheCall(String method) {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        ask(
            process,
            process.expect("tools/call"),
            "\"inputRequests\":{\"q\":{\"method\":\"" + method + "\"}}");
        SandboxException failure = failure(call);
        assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED);
        assertThat(failure).hasMessageContaining("'" + method + "'");
        fixture.works(process);
      }
    }

    @Test
    void questionToAMethodThatMayNotAsk_isInvalid() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpResponse> call = fixture.calling("tools/list");
        ask(process, process.expect("tools/list"), ASK_ROOTS);
        assertThat(failure(call).code()).isEqualTo(Code.DATA_LOSS);
      }
    }

    @Test
    void neitherQuestionsNorState_isInvalid() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        process.reply(process.expect("tools/call"), "{\"resultType\":\"input_required\"}");
        assertThat(failure(call).code()).isEqualTo(Code.DATA_LOSS);
      }
    }

    @Test
    void blockingCall_goesThroughTheRoundsToo() {
      try (SessionFixture fixture = fixture()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = later(() -> fixture.session.callTool("t"));
        ask(process, process.expect("tools/call"), ASK_ROOTS);
        process.reply(process.expect("tools/call"), "{\"content\":[]}");
        assertThat(soon(call).content()).isEmpty();
      }
    }

    @Test
    void cancelWhileAHandlerRuns_interruptsItAndSendsNothingMore() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      McpSampling.Handler endless =
          request -> {
            running.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
            return McpSampling.Result.text("m", "late");
          };
      try (SessionFixture fixture = SessionFixture.modern(b -> b.sampling(endless))) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        ask(
            process,
            process.expect("tools/call"),
            "\"inputRequests\":{\"q\":{\"method\":\"sampling/createMessage\",\"params\":{}}}");
        assertThat(running.await(20, TimeUnit.SECONDS)).isTrue();
        call.cancel(true);
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        fixture.works(process);
        assertThat(process.unexpected()).isEmpty();
        assertThat(fixture.session.counters().pendingCalls()).isZero();
      }
    }

    @Test
    void handlerThatFails_failsTheCall() {
      McpSampling.Handler broken =
          request -> {
            throw new IllegalStateException("secret");
          };
      try (SessionFixture fixture = SessionFixture.modern(b -> b.sampling(broken))) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<McpToolResult> call = tool(fixture);
        ask(
            process,
            process.expect("tools/call"),
            "\"inputRequests\":{\"q\":{\"method\":\"sampling/createMessage\",\"params\":{}}}");
        assertThat(failure(call).code()).isEqualTo(Code.INTERNAL);
        fixture.works(process);
      }
    }
  }
}

package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 15 to 21 of the matrix, and the ids and tokens of forwarded messages. */
class IdsTest {
  private final RpcFixture rpc = RpcFixture.start();

  @AfterEach
  void close() {
    rpc.close();
  }

  private static Envelope envelope(String text) throws Exception {
    return Envelope.read(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%d", "%d.0", "%de0", "%d0e-1", "%d.000E+0"})
  void answer_whoseIdIsTheSameNumber_isTaken(String form) {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":" + String.format(form, call.id()) + ",\"result\":1}");
    assertThat(call.await().kind()).isEqualTo(Envelope.Kind.RESULT);
  }

  @Test
  void answer_whoseIdIsAStringOfTheSameDigits_isAnotherOne() {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":\"" + call.id() + "\",\"result\":1}");
    rpc.works();
    assertThat(call.isDone()).isFalse();
    assertThat(rpc.peer.counters().unknownIds()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"id\":1}", "[1]", "true"})
  void answer_withAnIdThatIsNone_isIgnoredAndCounted(String id) {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":" + id + ",\"result\":1}");
    rpc.process.send("{\"id\":" + id + ",\"error\":{\"code\":-32700,\"message\":\"?\"}}");
    rpc.works();
    assertThat(call.isDone()).isFalse();
    assertThat(rpc.peer.counters().badIds()).isEqualTo(2);
  }

  @Test
  void answer_withoutAnId_isIgnoredAndCounted() {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"result\":1}");
    rpc.works();
    assertThat(call.isDone()).isFalse();
    assertThat(rpc.peer.counters().badIds()).isEqualTo(1);
  }

  @Test
  void answer_toAnUnknownId_isCounted() {
    rpc.process.send("{\"id\":4711,\"result\":1}").send("{\"id\":-1,\"result\":1}");
    rpc.process.send("{\"id\":0,\"result\":1}").send("{\"id\":1.5,\"result\":1}");
    rpc.works();
    assertThat(rpc.peer.counters().unknownIds()).isEqualTo(4);
  }

  @Test
  void secondAnswer_isSwallowed() {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":\"first\"}");
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":\"second\"}");
    rpc.works();
    assertThat(call.await().result()).contains(Json.of("first"));
    assertThat(rpc.peer.counters().lateAnswers()).isEqualTo(1);
  }

  @Test
  void answer_afterCancel_isSwallowed() {
    RpcCall call = rpc.call("a");
    call.cancel("enough");
    rpc.process.expect("notifications/cancelled");
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":1}");
    rpc.works();
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.CANCELLED);
    assertThat(rpc.peer.counters().lateAnswers()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "\"\"",
        "\"1\"",
        "-3",
        "1.0",
        "1e0",
        "9007199254740993",
        "\"\\u0061\"",
        "123456789012345678901234567890"
      })
  void requestOfTheServer_isAnsweredOnceWithItsIdAsItIs(String id) {
    rpc.onRequest.set(
        request -> {
          assertThat(request.result(Json.of(true))).isTrue();
          assertThat(request.result(Json.of(false))).isFalse();
        });
    rpc.process.send("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"roots/list\"}");
    assertThat(rpc.process.expect())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":true}");
    rpc.works();
  }

  @Test
  void requestOfTheServer_withTheIdOfAPendingCall_servesBoth() {
    RpcCall call = rpc.call("a");
    rpc.onRequest.set(request -> request.result(Json.of("for the server")));
    rpc.process.send("{\"id\":" + call.id() + ",\"method\":\"roots/list\"}");
    assertThat(Json.parse(rpc.process.expect()).string("/result")).contains("for the server");
    assertThat(call.isDone()).isFalse();
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":\"for us\"}");
    assertThat(call.await().result()).contains(Json.of("for us"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"result\":1,\"error\":{\"code\":1,\"message\":\"\"}", "\"jsonrpc\":\"2.0\""})
  void answer_withBothResultAndError_orNeither_failsTheCall(String members) {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":" + call.id() + "," + members + "}");
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.DATA_LOSS);
    assertThat(failure).hasMessageContaining("neither a result nor an error, or both");
    rpc.works();
  }

  @Test
  void answer_withANullBesideIt_isTaken() {
    RpcCall good = rpc.call("a");
    RpcCall bad = rpc.call("b");
    rpc.process.send("{\"id\":" + good.id() + ",\"result\":1,\"error\":null}");
    rpc.process.send("{\"id\":" + bad.id() + ",\"result\":null,\"error\":{\"code\":7}}");
    assertThat(good.await().kind()).isEqualTo(Envelope.Kind.RESULT);
    assertThat(bad.await().error().orElseThrow().code()).isEqualTo(7);
  }

  @Test
  void error_isTheAnswer_withItsDataAsItCame() {
    RpcCall call = rpc.call("a");
    rpc.process.send(
        "{\"id\":" + call.id() + ",\"error\":{\"code\":-32602,\"message\":\"m\",\"data\":[1.0]}}");
    var error = call.await().error().orElseThrow();
    assertThat(error.code()).isEqualTo(-32602);
    assertThat(error.message()).isEqualTo("m");
    assertThat(error.data().orElseThrow().toString()).isEqualTo("[1.0]");
  }

  @Test
  void hundredThousandCalls_leaveNothingPending_andNoIdTwice() {
    rpc.process.onLine(
        (process, line) -> process.reply(Json.parse(line), line.replaceAll("\\D+(\\d+).*", "1")));
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      RpcCall call = rpc.peer.call("a", null);
      ids.add(call.id());
      assertThat(call.await().kind()).isEqualTo(Envelope.Kind.RESULT);
    }
    assertThat(ids).hasSize(100_000).allMatch(id -> id > 0 && id < 1L << 53);
    assertThat(rpc.peer.pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", "1", "1.0", "1e0", "0", "-3", "9007199254740993", "\"\\u0061\""})
  void forwardedRequest_comesBackWithItsOwnId_andNothingElseChanged(String id) throws Exception {
    String head = "{ \"x\":1.50, \"id\" : ";
    String tail = ",\"method\":\"tools/call\",\"params\":{\"a\":\"\\u0041\"} }";
    RpcCall call = rpc.peer.forward(envelope(head + id + tail), CallOptions.defaults());
    assertThat(rpc.process.expect()).isEqualTo(head + call.id() + tail);
    String answer = "\"result\":{\"b\": 1e2,\"_meta\":{\"z\":[]}},\"y\":null}";
    rpc.process.send("{\"id\":" + call.id() + " ," + answer);
    Envelope reply = call.await();
    assertThat(reply.toJson()).isEqualTo("{\"id\":" + id + " ," + answer);
    assertThat(reply.id()).contains(id);
    assertThat(reply.result().orElseThrow().toString())
        .isEqualTo("{\"b\": 1e2,\"_meta\":{\"z\":[]}}");
  }

  @Test
  void forwardedAnswer_whoseIdComesLast_isRestoredToo() throws Exception {
    RpcCall call =
        rpc.peer.forward(envelope("{\"id\":\"abc\",\"method\":\"m\"}"), CallOptions.defaults());
    rpc.process.expect("m");
    rpc.process.send("{\"error\":{\"code\":5,\"message\":\"x\"},\"id\":" + call.id() + "}");
    Envelope reply = call.future().join();
    assertThat(reply.toJson())
        .isEqualTo("{\"error\":{\"code\":5,\"message\":\"x\"},\"id\":\"abc\"}");
    assertThat(reply.error().orElseThrow().code()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"'\"p1\"'", "7", "7.0"})
  void forwardedProgressToken_isReplacedAndRestored(String token) throws Exception {
    var seen = new java.util.concurrent.CopyOnWriteArrayList<String>();
    String head = "{\"id\":1,\"method\":\"m\",\"params\":{\"_meta\":{\"progressToken\":";
    RpcCall call =
        rpc.peer.forward(
            envelope(head + token + ",\"k\":1}}}"),
            CallOptions.defaults().withProgress(progress -> seen.add(progress.toJson())));
    Json sent = rpc.process.expect("m");
    assertThat(sent.at("/params/_meta").orElseThrow().toString())
        .isEqualTo("{\"progressToken\":" + call.id() + ",\"k\":1}");
    String progress = "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":";
    rpc.process.send(progress + call.id() + ",\"progress\":1}}");
    rpc.process.reply(sent, "1");
    call.await();
    assertThat(seen).containsExactly(progress + token + ",\"progress\":1}}");
  }

  @Test
  void twoForwardedRequests_withTheSameIdAndToken_getTheirOwnAnswers() throws Exception {
    String same = "{\"id\":1,\"method\":\"m\",\"params\":{\"_meta\":{\"progressToken\":1}}}";
    RpcCall first = rpc.peer.forward(envelope(same), CallOptions.defaults());
    RpcCall second = rpc.peer.forward(envelope(same), CallOptions.defaults());
    Json one = rpc.process.expect("m");
    Json two = rpc.process.expect("m");
    assertThat(one.at("/params/_meta/progressToken"))
        .isNotEqualTo(two.at("/params/_meta/progressToken"));
    rpc.process.reply(two, "\"second\"").reply(one, "\"first\"");
    assertThat(first.await().toJson()).contains("\"id\":1,\"result\":\"first\"");
    assertThat(second.await().toJson()).contains("\"id\":1,\"result\":\"second\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"id\":2,\"method\":\"m\"}",
        "{\"id\":null,\"method\":\"m\"}",
        "{\"id\":1,\"result\":{}}",
        "{\"method\":\"m\"}",
        "{\"id\":1,\"method\":7}",
        "{\"id\":1,\"method\":\"m\",\"method\":\"n\"}"
      })
  void whatIsNoRequest_orTwoInOne_isNotForwarded(String text) throws Exception {
    Envelope message = envelope(text);
    SandboxException failure =
        RpcFixture.failure(() -> rpc.peer.forward(message, CallOptions.defaults()));
    assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(rpc.peer.pending()).isZero();
    rpc.works();
  }

  @Test
  void forwardedProgressToken_whoseNameIsEscaped_isReplacedToo() throws Exception {
    String head = "{\"id\":1,\"method\":\"m\",\"params\":{\"_meta\":{\"\\u0070rogressToken\":";
    RpcCall call = rpc.peer.forward(envelope(head + "5}}}"), CallOptions.defaults());
    assertThat(rpc.process.expect()).contains("{\"\\u0070rogressToken\":" + call.id() + "}}}");
  }

  @Test
  void repeatedProgressToken_isReplacedEverywhere() throws Exception {
    String params = "\"params\":{\"_meta\":{\"progressToken\":5,\"progressToken\":6}}";
    RpcCall call =
        rpc.peer.forward(
            envelope("{\"id\":1,\"method\":\"m\"," + params + "}"), CallOptions.defaults());
    String id = Long.toString(call.id());
    assertThat(rpc.process.expect())
        .contains("\"progressToken\":" + id + ",\"progressToken\":" + id);
  }

  @Test
  void forwardedAnswer_toARequestOfTheServer_getsTheServersId() throws Exception {
    rpc.process.send("{\"id\":\"s-0\",\"method\":\"sampling/createMessage\"}");
    Eventually.soon().until("the request came", () -> rpc.requests.size() == 1);
    rpc.requests.get(0).answer(envelope("{\"result\":{\"x\": 1.0},\"id\":77,\"k\":[]}"));
    assertThat(rpc.process.expect()).isEqualTo("{\"result\":{\"x\": 1.0},\"id\":\"s-0\",\"k\":[]}");
  }
}

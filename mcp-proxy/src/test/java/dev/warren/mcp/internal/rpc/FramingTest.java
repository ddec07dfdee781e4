package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 1 to 14 of the matrix: how bytes become messages and messages bytes. */
class FramingTest {
  private RpcFixture rpc = RpcFixture.start();

  @AfterEach
  void close() {
    rpc.close();
  }

  private static String answer(RpcCall call, String result) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + call.id() + ",\"result\":" + result + "}";
  }

  private static String result(RpcCall call) {
    return call.await().result().orElseThrow().toString();
  }

  private void restart(java.util.function.UnaryOperator<RpcOptions.Builder> change) {
    rpc.close();
    rpc = RpcFixture.start(change);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void line_endsWithLfOrCrlf(String lineEnd) {
    RpcCall call = rpc.call("a");
    rpc.process.raw((answer(call, "1") + lineEnd).getBytes(StandardCharsets.UTF_8));
    assertThat(result(call)).isEqualTo("1");
  }

  @Test
  void lastLine_withoutLfAtTheEnd_isTaken() {
    RpcCall call = rpc.call("a");
    rpc.process.raw(answer(call, "1").getBytes(StandardCharsets.UTF_8));
    rpc.process.exit(0);
    assertThat(result(call)).isEqualTo("1");
  }

  @Test
  void blankLines_areSkippedAndCounted() {
    RpcCall call = rpc.call("a");
    rpc.process.send("").send("  \t ").send("\r").send(answer(call, "1"));
    assertThat(result(call)).isEqualTo("1");
    assertThat(rpc.peer.counters().blankLines()).isEqualTo(3);
    assertThat(rpc.peer.counters().junkLines()).isZero();
  }

  @Test
  void message_thatComesByteByByte_isWhole() {
    RpcCall call = rpc.call("a");
    for (byte b : (answer(call, "\"grüße 🚀\"") + "\n").getBytes(StandardCharsets.UTF_8)) {
      rpc.process.raw(b);
    }
    assertThat(result(call)).isEqualTo("\"grüße 🚀\"");
  }

  @Test
  void manyMessages_thatComeInOneRead_allArrive() {
    var calls = IntStream.range(0, 500).mapToObj(i -> rpc.call("a")).toList();
    StringBuilder all = new StringBuilder();
    calls.forEach(call -> all.append(answer(call, "\"" + call.id() + "\"")).append('\n'));
    rpc.process.raw(all.toString().getBytes(StandardCharsets.UTF_8));
    calls.forEach(call -> assertThat(result(call)).isEqualTo("\"" + call.id() + "\""));
  }

  @Test
  void junkLine_beforeAnAnswer_isCountedAndTheCallSucceeds() {
    RpcCall call = rpc.call("a");
    rpc.process.send("Listening on port 3000").send(answer(call, "1"));
    assertThat(result(call)).isEqualTo("1");
    assertThat(rpc.peer.counters().junkLines()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42", "\"text\"", "null", "{", "}", "[", "[1,", "{\"id\":1} x", "{}{}"})
  void lineThatIsNoMessage_leavesTheReaderAlive(String line) {
    rpc.process.send(line);
    rpc.works();
    assertThat(rpc.peer.counters().junkLines() + rpc.peer.counters().invalid()).isEqualTo(1);
  }

  @Test
  void truncatedJson_thenTheEnd_failsTheCallWithTheExit() {
    RpcCall call = rpc.call("a");
    rpc.process.raw("{\"jsonrpc\":\"2.0\",\"res".getBytes(StandardCharsets.UTF_8));
    rpc.process.exit(3);
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("exit code 3");
    assertThat(rpc.peer.counters().junkLines()).isEqualTo(1);
  }

  @Test
  void rawCarriageReturnInWhiteSpace_isNoLineEnd() {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\r\"id\":" + call.id() + ",\r\"result\":\r[1,\r2]}");
    assertThat(result(call)).isEqualTo("[1,\r2]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"a\u2028b\u2029c\u0085d\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"🚀\\n\""
      })
  void unusualCharacters_goThroughUnchangedBothWays(String text) {
    RpcCall call = rpc.peer.call("echo", Json.parse("{\"text\":" + text + "}"));
    String line = rpc.process.expect();
    assertThat(line).contains("{\"text\":" + text + "}");
    rpc.process.send(answer(call, text));
    assertThat(result(call)).isEqualTo(text);
  }

  @Test
  void byteOrderMark_atTheStart_isIgnored() {
    RpcCall call = rpc.call("a");
    rpc.process.send("\uFEFF" + answer(call, "1"));
    assertThat(result(call)).isEqualTo("1");
    assertThat(rpc.peer.counters().junkLines()).isZero();
  }

  @Test
  void prettyPrintedParams_becomeOneLine() {
    var unused = rpc.peer.call("a", Json.parse("{\n  \"x\":\r\n 1\n}"));
    assertThat(rpc.process.expect()).contains("{   \"x\":   1 }");
    rpc.works();
  }

  @ParameterizedTest
  @ValueSource(ints = {1023, 1024})
  void line_ofTheLimit_isTaken(int length) {
    restart(options -> options.maxInboundBytes(1024));
    RpcCall call = rpc.call("a");
    String frame = answer(call, "\"\"");
    String text = "\"" + "x".repeat(length - frame.length()) + "\"";
    rpc.process.send(answer(call, text));
    assertThat(result(call)).isEqualTo(text);
    assertThat(rpc.peer.counters().longLines()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "last", "lastButOne"})
  void lineAboveTheLimit_failsOnlyItsOwnCall(String place) {
    restart(options -> options.maxInboundBytes(1024));
    RpcCall large = rpc.call("large");
    RpcCall small = rpc.call("small");
    String id = "\"id\":" + large.id();
    String result = "\"result\":{\"id\":" + small.id() + ",\"text\":\"" + "x".repeat(1024) + "\"}";
    rpc.process.send(
        switch (place) {
          case "first" -> "{" + id + "," + result + "}";
          case "last" -> "{" + result + ",\"jsonrpc\":\"2.0\"," + id + "}";
          default -> "{" + result + "," + id + " ,\"jsonrpc\": \"2.0\" }";
        });
    SandboxException failure = RpcFixture.failure(large);
    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure).hasMessageContaining("limit is 1024");
    assertThat(small.isDone()).isFalse();
    rpc.process.send(answer(small, "1"));
    assertThat(result(small)).isEqualTo("1");
  }

  @Test
  void lineAboveTheLimit_whoseIdIsInTheMiddle_isCountedAndOthersLive() {
    restart(options -> options.maxInboundBytes(20_000));
    RpcCall large = rpc.call("large");
    String fill = "\"" + "x".repeat(10_000) + "\"";
    rpc.process.send("{\"a\":" + fill + ",\"id\":" + large.id() + ",\"result\":" + fill + "}");
    rpc.works();
    assertThat(large.isDone()).isFalse();
    assertThat(rpc.peer.counters().longLines()).isEqualTo(1);
  }

  @Test
  void textThatLooksLikeAnId_insideALongLine_failsNoOtherCall() {
    restart(options -> options.maxInboundBytes(1024));
    RpcCall innocent = rpc.call("innocent");
    String fake = "\\\"id\\\":" + innocent.id() + "}";
    String nested = "{\"result\":{\"text\":\"" + "x".repeat(5000) + "\",\"id\":";
    rpc.process.send("{\"result\":\"" + "x".repeat(5000) + fake + "\"}");
    rpc.process.send(nested + innocent.id() + "}}");
    rpc.works();
    assertThat(innocent.isDone()).isFalse();
  }

  @Test
  void longLine_thatTheChannelCut_failsItsCall() {
    RpcCall call = rpc.call("a");
    rpc.process.longLine(1L << 40, "{\"result\":\"xxx", "xxx\",\"id\":" + call.id() + "}");
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void longRequestOfTheServer_isAnsweredWithAnError() {
    restart(options -> options.maxInboundBytes(1024));
    rpc.process.send(
        "{\"id\":\"r\",\"method\":\"m\",\"params\":{\"x\":\"" + "x".repeat(2000) + "\"}}");
    Json refusal = Json.parse(rpc.process.expect());
    assertThat(refusal.string("/id")).contains("r");
    assertThat(refusal.at("/error/code").orElseThrow()).isEqualTo(Json.of(-32600));
  }

  @Test
  void messageAboveTheOutboundLimit_isRefusedBeforeItIsWritten_andNothingIsPending() {
    restart(options -> options.maxOutboundBytes(2000));
    Json params = Json.of(java.util.Map.of("x", "y".repeat(2000)));
    SandboxException failure = RpcFixture.failure(() -> rpc.peer.call("a", params));
    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure).hasMessageContaining("limit is 2000");
    assertThat(rpc.peer.pending()).isZero();
    rpc.works();
  }

  @Test
  void answer_nestedTooDeep_failsItsCallAndTheReaderSurvives() {
    RpcCall call = rpc.call("a");
    rpc.process.send(answer(call, "[".repeat(100_000) + "]".repeat(100_000)));
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.DATA_LOSS);
    rpc.works();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "-1E+400", "12345678901234567890123456789012345678901234"})
  void hugeNumber_goesThroughAsItIs(String number) {
    RpcCall call = rpc.call("a");
    rpc.process.send(answer(call, number));
    assertThat(call.await().toJson()).contains("\"result\":" + number + "}");
    rpc.works();
  }

  @Test
  void numberOfAMillionDigits_isBounded_andTheReaderSurvives() {
    RpcCall call = rpc.call("a");
    rpc.process.send(answer(call, "9".repeat(1_000_000)));
    Eventually.soon().until("the call has ended", call::isDone);
    rpc.works();
  }

  @Test
  void hugeId_isNoIdOfOurs() {
    rpc.process.send("{\"id\":1e999999999,\"result\":1}");
    rpc.process.send("{\"id\":1e-999999999,\"result\":1}");
    rpc.process.send("{\"id\":" + "9".repeat(900) + ",\"result\":1}");
    rpc.works();
    assertThat(rpc.peer.counters().unknownIds()).isEqualTo(3);
  }

  @Test
  void repeatedMembers_ofTheOutline_failTheCall() {
    RpcCall call = rpc.call("a");
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":1,\"result\":2}");
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.DATA_LOSS);
    rpc.works();
  }

  @Test
  void repeatedMembers_ofTheContent_areTheReceiversAffair() {
    RpcCall call = rpc.call("a");
    rpc.process.send(answer(call, "{\"x\":1,\"x\":2}"));
    assertThat(result(call)).isEqualTo("{\"x\":1,\"x\":2}");
  }

  @Test
  void members_inAnyOrder_withUnknownOnes_areKept() {
    RpcCall call = rpc.call("a");
    String line =
        "{ \"x-new\" : [ 1.50, 1e0 ], \"result\":{\"b\":1,\"a\":2} ,\"jsonrpc\":\"2.0\",\"id\":"
            + call.id()
            + "}";
    rpc.process.send(line);
    assertThat(call.await().toJson()).isEqualTo(line);
  }

  @Test
  void memberOfABatch_doesNotHoldTheWholeLine() throws Exception {
    rpc.process.send("[{\"method\":\"n\"},\"" + "x".repeat(1 << 20) + "\"]");
    Eventually.soon().until("it came", () -> rpc.notifications.size() == 1);
    var bytes = Envelope.class.getDeclaredField("bytes");
    bytes.setAccessible(true);
    assertThat((byte[]) bytes.get(rpc.notifications.get(0))).hasSize(14);
  }

  @Test
  void lineOfZeroBytesAndWideCharacters_isJunk() {
    rpc.process.raw("{\"id\":1,\"result\":1}\n".getBytes(StandardCharsets.UTF_16LE));
    rpc.process.raw((byte) 0, (byte) '{', (byte) 0, (byte) '\n');
    rpc.works();
    assertThat(rpc.peer.counters().received()).isEqualTo(1);
  }

  @Test
  void batch_withMixedMembers_isTaken_unlessSwitchedOff() {
    RpcCall call = rpc.call("a");
    rpc.process.send(
        "[" + answer(call, "1") + ",{\"method\":\"n\"},{\"id\":0,\"method\":\"r\"},7]");
    assertThat(result(call)).isEqualTo("1");
    Eventually.soon().until("the notification came", () -> rpc.notifications.size() == 1);
    Eventually.soon().until("the request came", () -> rpc.requests.size() == 1);
    rpc.peer.acceptBatches(false);
    RpcCall other = rpc.call("b");
    rpc.process.send("[" + answer(other, "1") + "]");
    rpc.works();
    assertThat(other.isDone()).isFalse();
  }
}

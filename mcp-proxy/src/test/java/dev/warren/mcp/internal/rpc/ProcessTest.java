package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.testing.FakeProcess;
import dev.warren.mcp.testing.FakeServer;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows 51 to 54, 56 and 58 of the matrix: how servers end, and what goes on around it. */
class ProcessTest {
  private RpcFixture rpc = RpcFixture.start();

  @AfterEach
  void close() {
    rpc.close();
  }

  static Stream<Named<Consumer<FakeProcess>>> ends() {
    return Stream.of(
        Named.of("exit code 0", process -> process.exit(0)),
        Named.of("exit code 3", process -> process.exit(3)),
        Named.of("signal 9", process -> process.killed(9, false)),
        Named.of("out of memory", process -> process.killed(9, true)),
        Named.of(
            "out of reach (UNAVAILABLE)",
            process ->
                process.lose(
                    SandboxException.of(Code.UNAVAILABLE, "read", "bot-1")
                        .detail("gone")
                        .build())));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void endOfTheProcess_failsAllCallsAtOnce_withItsExitAndItsLastWords(Consumer<FakeProcess> end) {
    List<RpcCall> calls = IntStream.range(0, 50).mapToObj(i -> rpc.call("a")).toList();
    rpc.process.stderr("panic: out of \u001b[31mcheese\n");
    end.accept(rpc.process);
    for (RpcCall call : calls) {
      SandboxException failure = RpcFixture.failure(call);
      assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining(rpc.peer.exit().orElseThrow().toString())
          .hasMessageEndingWith("panic: out of \\u001b[31mcheese");
    }
    assertThat(rpc.peer.state()).isEqualTo(RpcPeer.State.CLOSED);
    assertThat(rpc.peer.pending()).isZero();
    assertThat(rpc.peer.ended().join()).isEqualTo(rpc.peer.exit().orElseThrow());
    Eventually.soon().until("the handler was told", () -> rpc.ends.size() == 1);
  }

  @Test
  void answersWrittenJustBeforeTheExit_areDelivered() {
    List<RpcCall> calls = IntStream.range(0, 50).mapToObj(i -> rpc.call("a")).toList();
    CompletableFuture<Envelope> future = calls.get(0).future();
    RpcCall inOrder = rpc.peer.call("b", null, CallOptions.defaults().withInOrder());
    Json request = rpc.process.expect("b");
    calls.forEach(call -> rpc.process.send("{\"id\":" + call.id() + ",\"result\":1}"));
    rpc.process.reply(request, "2").exit(1);
    calls.forEach(call -> assertThat(call.await().result()).contains(Json.of(1)));
    assertThat(future.join().result()).contains(Json.of(1));
    assertThat(inOrder.await().result()).contains(Json.of(2));
  }

  @Test
  void callAfterTheEnd_failsAtOnce_withTheCause() {
    rpc.process.exit(3);
    rpc.peer.ended().join();
    SandboxException failure = RpcFixture.failure(() -> rpc.peer.call("a", null));
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessage("call a fake-1: the server has ended: exit code 3");
    assertThat(RpcFixture.failure(() -> rpc.peer.notify("n", null)).code())
        .isEqualTo(Code.UNAVAILABLE);
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void serverThatClosesItsStdout_failsItsCalls_andIsEnded() {
    RpcCall call = rpc.call("a");
    rpc.process.ignoreEof().ignoreTerm().closeStdout();
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(rpc.peer.ended().join()).isInstanceOf(ServerExit.Exited.class);
    assertThat(rpc.process.events()).contains("eof", "term", "kill");
  }

  @Test
  void serverThatClosesItsStdin_failsWhatItDidNotGet_andStillAnswersTheRest() {
    RpcCall before = rpc.peer.call("before", null);
    Json request = rpc.process.expect("before");
    rpc.process.ignoreEof().ignoreTerm().closeStdin();
    RpcCall after = rpc.peer.call("after", null);
    SandboxException failure = RpcFixture.failure(after);
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("takes no input any more");
    assertThat(before.isDone()).isFalse();
    rpc.process.reply(request, "1");
    assertThat(before.await().result()).contains(Json.of(1));
    assertThat(RpcFixture.failure(() -> rpc.peer.call("later", null)).code())
        .isEqualTo(Code.UNAVAILABLE);
    rpc.peer.ended().join();
    assertThat(rpc.process.events()).containsSubsequence("term", "kill");
  }

  @Test
  void endOfStderr_meansNothing() {
    rpc.process.stderr("");
    rpc.works();
  }

  @Test
  void floodOnStderr_keepsABoundedTail_andNoCallWaits() {
    byte[] megabyte = new byte[1 << 20];
    for (int i = 0; i < megabyte.length; i++) {
      megabyte[i] = (byte) (i * 31);
    }
    for (int i = 0; i < 100; i++) {
      rpc.process.stderr(megabyte.clone());
    }
    rpc.process.stderr("x".repeat(5 << 20)).stderr("é".repeat(5000));
    rpc.works();
    assertThat(rpc.peer.stderrTail().getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .hasSizeLessThanOrEqualTo(StderrTail.KEPT);
    assertThat(rpc.peer.stderrTail()).matches("é+");
    assertThat(rpc.peer.counters().stderrBytes()).isEqualTo((105L << 20) + 10_000);
  }

  @Test
  void whatIsLogged_isEscapedAndShort() {
    byte[] bytes =
        ("\u001b[2J\r\u0007\u202e\u2028ok" + "x".repeat(10_000))
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(LogText.escape(bytes, 0, bytes.length))
        .startsWith("\\u001b[2J\\u000d\\u0007\\u202e\\u2028ok")
        .hasSizeLessThan(500)
        .endsWith("(10014 bytes)");
  }

  @Test
  void logLines_comeInABurst_thenTwoEachSecond() {
    var timer = new dev.warren.mcp.testing.ManualTimer();
    LogText limit = new LogText(timer);
    long logged = IntStream.range(0, 1000).filter(i -> limit.allows()).count();
    assertThat(logged).isEqualTo(20);
    timer.advance(Duration.ofSeconds(5));
    assertThat(IntStream.range(0, 1000).filter(i -> limit.allows()).count()).isEqualTo(10);
  }

  @Test
  void close_endsStdinFirst_andThatIsEnough() {
    rpc.peer.close();
    assertThat(rpc.process.events()).containsExactly("eof");
    assertThat(rpc.peer.exit()).contains(new ServerExit.Exited(0, 0, false, ""));
  }

  @Test
  void close_ofAServerThatStays_sendsSigterm() {
    rpc.process.ignoreEof();
    rpc.peer.close();
    assertThat(rpc.process.events()).containsExactly("eof", "term");
  }

  @Test
  void close_ofAServerThatIgnoresSigterm_sendsSigkill() {
    rpc.process.ignoreEof().ignoreTerm();
    rpc.peer.close();
    assertThat(rpc.process.events()).containsExactly("eof", "term", "kill");
    assertThat(rpc.peer.exit()).contains(new ServerExit.Exited(137, 9, false, ""));
  }

  @Test
  void close_whileAGrandchildHoldsTheStreams_doesNotHang() {
    rpc.process.ignoreEof().ignoreTerm().ignoreKill();
    rpc.peer.close();
    assertThat(rpc.peer.exit().orElseThrow()).isInstanceOf(ServerExit.Lost.class);
    assertThat(rpc.peer.state()).isEqualTo(RpcPeer.State.CLOSED);
  }

  @Test
  void close_writesWhatWaits_thenFailsCallsWithClosed() {
    rpc.process.ignoreEof();
    RpcCall call = rpc.call("a");
    rpc.peer.notify("last words", null);
    rpc.peer.beginClose();
    rpc.process.expect("last words");
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.CLOSED);
    assertThat(failure).hasMessage("call a fake-1: the connection was closed");
    assertThat(RpcFixture.failure(() -> rpc.peer.call("b", null)).code()).isEqualTo(Code.CLOSED);
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void close_fromManyThreads_andAgain_happensOnce() throws Exception {
    List<CompletableFuture<Void>> all =
        IntStream.range(0, 8)
            .mapToObj(
                i -> CompletableFuture.runAsync(rpc.peer::close, task -> new Thread(task).start()))
            .toList();
    for (CompletableFuture<Void> one : all) {
      one.get(20, TimeUnit.SECONDS);
    }
    rpc.peer.close();
    assertThat(rpc.process.events()).containsExactly("eof");
    Eventually.soon().until("the handler was told", () -> rpc.ends.size() == 1);
  }

  @Test
  void close_fromCallbacks_doesNotDeadlock() throws Exception {
    // Both are under way before either closes: a request that waits then is not handled any more.
    CyclicBarrier underWay = new CyclicBarrier(2);
    CountDownLatch closed = new CountDownLatch(2);
    Runnable close =
        () -> {
          try {
            underWay.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            return;
          }
          rpc.peer.close();
          closed.countDown();
        };
    rpc.onRequest.set(request -> close.run());
    RpcCall call = rpc.peer.call("a", null);
    Json request = rpc.process.expect("a");
    var unused = call.future().thenRun(close);
    rpc.process.send("{\"id\":1,\"method\":\"m\"}").reply(request, "1");
    assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void interruptOfClose_killsTheServerAtOnce() {
    rpc.close();
    rpc =
        RpcFixture.start(
            options ->
                options.graces(
                    Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofMinutes(1)));
    rpc.process.ignoreEof().ignoreTerm();
    Thread.currentThread().interrupt();
    rpc.peer.close();
    assertThat(Thread.interrupted()).isTrue();
    rpc.peer.ended().join();
    assertThat(rpc.process.events()).contains("kill");
  }

  @Test
  void endOfTheProcess_takesBackItsOpenRequests() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    rpc.onRequest.set(request -> request.onCancel(told::countDown));
    rpc.process.send("{\"id\":1,\"method\":\"m\"}");
    Eventually.soon().until("the request came", () -> rpc.requests.size() == 1);
    rpc.process.exit(1);
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(rpc.requests.get(0).result(Json.of(1))).isFalse();
  }

  @Test
  void processThatEndsBeforeItsStartReturns_isAClosedConnection() {
    try (FakeServer early = new FakeServer(process -> process.exit(127))) {
      RpcPeer peer =
          RpcPeer.start(
              early,
              RpcOptions.defaults(),
              new RpcHandler() {
                @Override
                public void request(IncomingRequest request) {}

                @Override
                public void notification(Envelope notification) {}
              });
      assertThat(peer.ended().join().toString()).isEqualTo("exit code 127");
      assertThat(RpcFixture.failure(() -> peer.call("a", null)))
          .hasMessageContaining("exit code 127");
      peer.close();
    }
  }

  @Test
  void thousandConnections_leaveNoThread() {
    try (FakeServer many = new FakeServer()) {
      for (int i = 0; i < 1000; i++) {
        RpcPeer peer =
            RpcPeer.start(
                many,
                RpcOptions.defaults(),
                new RpcHandler() {
                  @Override
                  public void request(IncomingRequest request) {
                    request.result(Json.EMPTY_OBJECT);
                  }

                  @Override
                  public void notification(Envelope notification) {}
                });
        FakeProcess process = many.process();
        RpcCall call = peer.call("a", null);
        process.reply(process.expect("a"), "1").send("{\"id\":1,\"method\":\"ping\"}");
        assertThat(call.future().join().kind()).isEqualTo(Envelope.Kind.RESULT);
        peer.close();
        process.close();
      }
      Eventually.soon()
          .until(
              "the threads have ended",
              () ->
                  Thread.getAllStackTraces().keySet().stream()
                          .filter(thread -> thread.getName().startsWith("warren-mcp"))
                          .count()
                      < 20);
    }
  }
}

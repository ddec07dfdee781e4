package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.testing.ManualTimer;
import dev.warren.testkit.Eventually;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 36 to 40 of the matrix: how calls end without an answer. Time is made by the tests. */
class CancelAndTimeoutTest {
  private static final String PROGRESS =
      "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":%s,\"progress\":%s}}";

  private final ManualTimer timer = new ManualTimer();
  private final RpcFixture rpc =
      RpcFixture.start(
          options ->
              options.timer(timer).timeout(Duration.ofSeconds(10)).maximum(Duration.ofSeconds(35)));

  @AfterEach
  void close() {
    rpc.close();
  }

  /** The next message shows that nothing was sent before it. */
  private void nothingWasSent() {
    rpc.peer.notify("marker", null);
    rpc.process.expect("marker");
  }

  /** What the client does by itself is done on the test's thread; what it reads is not. */
  private void delivered() {
    rpc.process.flushed();
  }

  @Test
  void cancel_whileTheServerWorks_tellsItOnce() {
    RpcCall call = rpc.call("a");
    assertThat(call.cancel("no longer needed")).isTrue();
    assertThat(call.cancel("again")).isFalse();
    Json cancelled = rpc.process.expect("notifications/cancelled");
    assertThat(cancelled.at("/params/requestId").orElseThrow().toString())
        .isEqualTo(Long.toString(call.id()));
    assertThat(cancelled.string("/params/reason")).contains("no longer needed");
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.CANCELLED);
    assertThat(failure).hasMessage("call a fake-1: no longer needed");
    nothingWasSent();
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void cancel_beforeTheRequestIsWritten_sendsNeither() {
    rpc.process.stopReading();
    rpc.peer.notify("in the way", null);
    Eventually.soon().until("the writer is stuck", rpc.process::isBlockingAWrite);
    RpcCall call = rpc.peer.call("a", null);
    call.cancel("at once");
    rpc.process.readAgain();
    rpc.process.expect("in the way");
    nothingWasSent();
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void cancel_whileTheRequestIsBeingWritten_tellsTheServer() {
    rpc.process.stopReading();
    RpcCall call = rpc.peer.call("a", null);
    Eventually.soon().until("the writer is stuck", rpc.process::isBlockingAWrite);
    assertThat(call.cancel("during")).isTrue();
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.CANCELLED);
    rpc.process.readAgain();
    rpc.process.expect("a");
    rpc.process.expect("notifications/cancelled");
    nothingWasSent();
  }

  @Test
  void cancel_afterTheAnswer_doesNothing() {
    RpcCall call = rpc.peer.call("a", null);
    rpc.process.reply(rpc.process.expect("a"), "1");
    call.await();
    assertThat(call.cancel("too late")).isFalse();
    assertThat(call.await().result()).contains(Json.of(1));
    nothingWasSent();
  }

  @Test
  void cancel_ofACallThatMustNotBeCancelled_endsItHereOnly() {
    RpcCall call = rpc.peer.call("initialize", null, CallOptions.defaults().withoutCancel());
    rpc.process.expect("initialize");
    assertThat(call.cancel("closing")).isTrue();
    nothingWasSent();
  }

  @Test
  void cancelOfAClient_isPassedOnWithOurId_andKeepsTheRest() throws Exception {
    RpcCall call = rpc.call("a");
    call.cancel(
        Envelope.read(
            ("{\"method\":\"notifications/cancelled\",\"x\":1,"
                    + "\"params\":{\"requestId\":\"c-1\",\"reason\":\"r\"}}")
                .getBytes(StandardCharsets.UTF_8)));
    assertThat(rpc.process.expect())
        .isEqualTo(
            "{\"method\":\"notifications/cancelled\",\"x\":1,\"params\":{\"requestId\":"
                + call.id()
                + ",\"reason\":\"r\"}}");
  }

  @Test
  void cancelledFuture_cancelsTheCall() {
    RpcCall call = rpc.call("a");
    assertThat(call.future().cancel(true)).isTrue();
    rpc.process.expect("notifications/cancelled");
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void timeout_failsTheCall_tellsTheServer_andSwallowsTheLateAnswer() {
    RpcCall call = rpc.call("slow");
    timer.advance(Duration.ofMillis(9_999));
    assertThat(call.isDone()).isFalse();
    timer.advance(Duration.ofMillis(10));
    SandboxException failure = RpcFixture.failure(call);
    assertThat(failure.code()).isEqualTo(Code.TIMEOUT);
    assertThat(failure).hasMessage("call slow fake-1: no answer within PT10S");
    assertThat(rpc.peer.pending()).isZero();
    assertThat(rpc.process.expect("notifications/cancelled").at("/params/requestId"))
        .contains(Json.of(call.id()));
    rpc.process.send("{\"id\":" + call.id() + ",\"result\":1}");
    rpc.works();
    assertThat(rpc.peer.counters().lateAnswers()).isEqualTo(1);
    assertThat(rpc.notifications).isEmpty();
  }

  @Test
  void timeouts_ofTheirOwn_endEachCallInItsTime() {
    RpcCall standard = rpc.call("standard");
    RpcCall shorter =
        rpc.peer.call("short", null, CallOptions.defaults().withTimeout(Duration.ofSeconds(2)));
    RpcCall longer =
        rpc.peer.call("long", null, CallOptions.defaults().withTimeout(Duration.ofHours(2)));
    RpcCall open = rpc.peer.call("listen", null, CallOptions.defaults().withoutTimeout());
    timer.advance(Duration.ofMillis(2_010));
    assertThat(List.of(shorter.isDone(), standard.isDone())).containsExactly(true, false);
    timer.advance(Duration.ofSeconds(8));
    assertThat(List.of(standard.isDone(), longer.isDone())).containsExactly(true, false);
    timer.advance(Duration.ofHours(2));
    assertThat(longer.isDone()).isTrue();
    timer.advance(Duration.ofDays(300));
    assertThat(open.isDone()).isFalse();
    assertThat(rpc.peer.pending()).isEqualTo(1);
  }

  @Test
  void tenThousandTimeouts_leaveNothingBehind() {
    int before = timer.waiting();
    for (int i = 0; i < 10_000; i++) {
      var unused = rpc.peer.call("a", null);
    }
    assertThat(timer.waiting()).isLessThanOrEqualTo(before + 1);
    timer.advance(Duration.ofSeconds(11));
    assertThat(rpc.peer.pending()).isZero();
    assertThat(timer.waiting()).isEqualTo(before);
  }

  @Test
  void progress_startsTheTimeoutAgain_butNotBeyondTheMaximum() {
    RpcCall call = rpc.peer.call("a", null, CallOptions.defaults().withResetOnProgress());
    Json request = rpc.process.expect("a");
    String token = request.at("/params/_meta/progressToken").orElseThrow().toString();
    assertThat(token).isEqualTo(Long.toString(call.id()));
    for (int second = 8; second <= 32; second += 8) {
      timer.advance(Duration.ofSeconds(8));
      assertThat(call.isDone()).as("after %s s", second).isFalse();
      rpc.process.send(String.format(PROGRESS, token, second));
      delivered();
    }
    timer.advance(Duration.ofMillis(3_010));
    assertThat(RpcFixture.failure(call).code()).isEqualTo(Code.TIMEOUT);
  }

  @Test
  void progress_withoutReset_doesNotExtendTheTimeout() {
    RpcCall call =
        rpc.peer.call("a", Json.EMPTY_OBJECT, CallOptions.defaults().withProgress(progress -> {}));
    rpc.process.expect("a");
    timer.advance(Duration.ofSeconds(8));
    rpc.process.send(String.format(PROGRESS, call.id(), 1));
    delivered();
    timer.advance(Duration.ofSeconds(3));
    assertThat(call.isDone()).isTrue();
  }

  @Test
  void progress_reachesTheListenerInOrder_beforeTheAnswer_evenWhenItDoesNotIncrease() {
    List<String> seen = new CopyOnWriteArrayList<>();
    RpcCall call =
        rpc.peer.call(
            "a",
            Json.parse("{\"_meta\":{\"traceparent\":\"t\"},\"x\":1}"),
            CallOptions.defaults()
                .withProgress(p -> seen.add(p.token("params", "progress").orElseThrow())));
    Json request = rpc.process.expect("a");
    assertThat(request.at("/params").orElseThrow().toString())
        .isEqualTo(
            "{\"_meta\":{\"progressToken\":" + call.id() + ",\"traceparent\":\"t\"},\"x\":1}");
    for (String value : List.of("1", "5", "5", "2", "\"odd\"")) {
      rpc.process.send(String.format(PROGRESS, call.id(), value));
    }
    rpc.process.reply(request, "1");
    call.await();
    assertThat(seen).containsExactly("1", "5", "5", "2", "\"odd\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"4711", "\"1\"", "null", "{}", "1.5"})
  void progress_withATokenOfNoCall_isCountedAndDisturbsNobody(String token) {
    List<Envelope> seen = new CopyOnWriteArrayList<>();
    RpcCall call = rpc.peer.call("a", null, CallOptions.defaults().withProgress(seen::add));
    Json request = rpc.process.expect("a");
    rpc.process.send(String.format(PROGRESS, token, 1)).reply(request, "1");
    call.await();
    rpc.process.send(String.format(PROGRESS, call.id(), 2));
    rpc.works();
    assertThat(seen).isEmpty();
    assertThat(rpc.peer.counters().unknownProgress()).isEqualTo(2);
  }

  @Test
  void listenerThatNeverReturns_holdsTheAnswerBackUntilTheTimeoutAtMost() {
    CountDownLatch never = new CountDownLatch(1);
    RpcCall call =
        rpc.peer.call(
            "a",
            null,
            CallOptions.defaults()
                .withProgress(
                    progress -> {
                      try {
                        never.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    Json request = rpc.process.expect("a");
    rpc.process.send(String.format(PROGRESS, call.id(), 1)).reply(request, "\"there\"");
    rpc.works();
    assertThat(call.isDone()).isFalse();
    timer.advance(Duration.ofSeconds(11));
    assertThat(call.await().result()).contains(Json.of("there"));
    nothingWasSent();
    never.countDown();
  }

  @Test
  void interruptOfAWaitingCaller_cancelsTheCall() throws Exception {
    RpcCall call = rpc.call("a");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                call.await();
              } catch (SandboxException e) {
                thrown.set(e);
              }
              interrupted.complete(Thread.currentThread().isInterrupted());
            });
    caller.start();
    Eventually.soon().until("it waits", () -> caller.getState() == Thread.State.WAITING);
    caller.interrupt();
    assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(((SandboxException) thrown.get()).code()).isEqualTo(Code.CANCELLED);
    rpc.process.expect("notifications/cancelled");
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void server_cancelsItsOwnRequest_interruptsTheHandlerAndGetsNoAnswer() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    CountDownLatch told = new CountDownLatch(1);
    rpc.onRequest.set(
        request -> {
          request.onCancel(told::countDown);
          entered.countDown();
          try {
            Thread.sleep(Duration.ofSeconds(60).toMillis());
            interrupted.complete(false);
          } catch (InterruptedException e) {
            interrupted.complete(true);
            throw e;
          }
        });
    rpc.process.send("{\"id\":\"\\u0073-1\",\"method\":\"sampling/createMessage\"}");
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    rpc.process.send("{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"s-1\"}}");
    assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(rpc.requests.get(0).isCancelled()).isTrue();
    assertThat(rpc.requests.get(0).result(Json.of("too late"))).isFalse();
    nothingWasSent();
    assertThat(rpc.notifications).isEmpty();
  }

  @Test
  void cancelOfTheServer_forWhatItNeverAsked_isANotificationLikeAnyOther() {
    RpcCall call = rpc.call("subscriptions/listen");
    rpc.process.send(
        "{\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":" + call.id() + "}}");
    Eventually.soon().until("it was delivered", () -> rpc.notifications.size() == 1);
    assertThat(call.isDone()).isFalse();
  }

  @Test
  void futureThatTimesOutByItself_cancelsTheCall() {
    RpcCall call = rpc.call("a");
    assertThatThrownBy(() -> call.future().orTimeout(10, TimeUnit.MILLISECONDS).join())
        .hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
    rpc.process.expect("notifications/cancelled");
  }
}

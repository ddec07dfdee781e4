package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.testing.ShufflingServer;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows 31 to 35 and 45 of the matrix: many callers, stuck servers, code of users in between. */
class ConcurrencyTest {
  /** 20,000 for the figure of the matrix; fewer show the same and take a second. */
  private static final int CALLS = Integer.getInteger("warren.test.mcp.calls", 2_000);

  private static final int THREADS = 64;

  private RpcFixture rpc = RpcFixture.start();

  @AfterEach
  void close() {
    rpc.close();
  }

  private static RpcHandler answeringPings(AtomicInteger pings) {
    return new RpcHandler() {
      @Override
      public void request(IncomingRequest request) {
        pings.incrementAndGet();
        request.result(Json.EMPTY_OBJECT);
      }

      @Override
      public void notification(Envelope notification) {}
    };
  }

  private static void inThreads(int count, Runnable task) throws Exception {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      done.add(end);
      new Thread(
              () -> {
                try {
                  task.run();
                  end.complete(null);
                } catch (RuntimeException | Error e) {
                  end.completeExceptionally(e);
                }
              })
          .start();
    }
    for (CompletableFuture<Void> end : done) {
      end.get(300, TimeUnit.SECONDS);
    }
  }

  @Test
  void sixtyFourThreads_allGetTheirOwnAnswers_whateverTheOrder() throws Exception {
    AtomicInteger pings = new AtomicInteger();
    AtomicInteger next = new AtomicInteger();
    try (RpcPeer peer =
        RpcPeer.start(new ShufflingServer(), RpcOptions.defaults(), answeringPings(pings))) {
      inThreads(
          THREADS,
          () -> {
            for (int i = 0; i < CALLS; i++) {
              Json params = Json.parse("{\"n\":" + next.incrementAndGet() + "}");
              Envelope reply = peer.call("echo", params).await();
              assertThat(reply.token("result")).contains(params.toString());
            }
          });
      assertThat(peer.pending()).isZero();
      Eventually.soon()
          .until("all pings were answered", () -> pings.get() == THREADS * CALLS / 100);
    }
  }

  @Test
  void callersOnThreadsOfEveryKind_areServed_andAnInterruptCancelsTheirCall() throws Exception {
    List<Consumer<Runnable>> kinds = new ArrayList<>();
    kinds.add(task -> new Thread(task).start());
    kinds.add(java.util.concurrent.ForkJoinPool.commonPool()::execute);
    if (Runtime.version().feature() >= 21) {
      var start = Thread.class.getMethod("startVirtualThread", Runnable.class);
      kinds.add(
          task -> {
            try {
              start.invoke(null, task);
            } catch (ReflectiveOperationException e) {
              throw new IllegalStateException(e);
            }
          });
    }
    for (Consumer<Runnable> kind : kinds) {
      CompletableFuture<Thread> waiting = new CompletableFuture<>();
      CompletableFuture<Code> end = new CompletableFuture<>();
      kind.accept(
          () -> {
            RpcCall served = rpc.peer.call("served", null);
            rpc.process.reply(rpc.process.expect("served"), "1");
            served.await();
            RpcCall call = rpc.call("a");
            waiting.complete(Thread.currentThread());
            end.complete(RpcFixture.failure(call).code());
            boolean unused = Thread.interrupted();
          });
      waiting.get(20, TimeUnit.SECONDS).interrupt();
      assertThat(end.get(20, TimeUnit.SECONDS)).isEqualTo(Code.CANCELLED);
      rpc.process.expect("notifications/cancelled");
    }
  }

  @Test
  void oneCaller_withManyCallsInFlight_getsThemAll() throws Exception {
    try (RpcPeer peer =
        RpcPeer.start(
            new ShufflingServer(), RpcOptions.defaults(), answeringPings(new AtomicInteger()))) {
      List<CompletableFuture<String>> replies = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        replies.add(
            peer.call("echo", Json.parse("{\"n\":" + i + "}"))
                .future()
                .thenApply(reply -> reply.token("result").orElseThrow()));
      }
      for (int i = 0; i < replies.size(); i++) {
        assertThat(replies.get(i).get(60, TimeUnit.SECONDS)).isEqualTo("{\"n\":" + i + "}");
      }
    }
  }

  @Test
  void serverThatDoesNotRead_timeoutsFire_cancelWorks_closeIsQuick() {
    rpc.close();
    rpc = RpcFixture.start(options -> options.timeout(Duration.ofMillis(100)));
    rpc.process.stopReading();
    rpc.peer.notify("stuck", null);
    Eventually.soon().until("the writer is stuck", rpc.process::isBlockingAWrite);
    RpcCall timed = rpc.peer.call("a", null);
    RpcCall cancelled =
        rpc.peer.call("b", null, CallOptions.defaults().withTimeout(Duration.ofMinutes(1)));
    RpcCall closed =
        rpc.peer.call("c", null, CallOptions.defaults().withTimeout(Duration.ofMinutes(1)));
    assertThat(RpcFixture.failure(timed).code()).isEqualTo(Code.TIMEOUT);
    assertThat(cancelled.cancel("enough")).isTrue();
    long start = System.nanoTime();
    rpc.peer.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    assertThat(RpcFixture.failure(closed).code()).isEqualTo(Code.CLOSED);
    assertThat(rpc.process.events()).contains("term");
  }

  @Test
  void fullOutbox_makesCallersWait_butNotBeyondTheirTimeout() {
    rpc.close();
    rpc = RpcFixture.start(options -> options.maxOutboundBytes(2000).outboxBytes(4000));
    rpc.process.stopReading();
    Json large = Json.of(Map.of("x", "y".repeat(1500)));
    CallOptions patient = CallOptions.defaults().withTimeout(Duration.ofMinutes(1));
    RpcCall first = rpc.peer.call("a", large, patient);
    RpcCall second = rpc.peer.call("b", large, patient);
    RpcCall none =
        rpc.peer.call("c", large, CallOptions.defaults().withTimeout(Duration.ofMillis(50)));
    assertThat(RpcFixture.failure(none).code()).isEqualTo(Code.TIMEOUT);
    assertThat(rpc.peer.pending()).isEqualTo(2);
    rpc.process.readAgain();
    assertThat(rpc.process.expect("a").at("/id")).contains(Json.of(first.id()));
    assertThat(rpc.process.expect("b").at("/id")).contains(Json.of(second.id()));
    rpc.works();
  }

  @Test
  void callerThatWaitsForRoom_goesOnWhenThereIsSome() throws Exception {
    rpc.close();
    rpc = RpcFixture.start(options -> options.maxOutboundBytes(2000).outboxBytes(2000));
    rpc.process.stopReading();
    Json large = Json.of(Map.of("x", "y".repeat(1500)));
    var unused = rpc.peer.call("a", large);
    CompletableFuture<RpcCall> waiting =
        CompletableFuture.supplyAsync(
            () -> rpc.peer.call("b", large), task -> new Thread(task).start());
    Eventually.soon().until("two calls are pending", () -> rpc.peer.pending() == 2);
    assertThat(waiting.isDone()).isFalse();
    rpc.process.readAgain();
    assertThat(waiting.get(20, TimeUnit.SECONDS).method()).isEqualTo("b");
    rpc.process.expect("a");
    rpc.process.expect("b");
  }

  @Test
  void withdrawnCalls_leaveNoMemoryInTheOutbox_ofAServerThatDoesNotRead() {
    rpc.close();
    rpc = RpcFixture.start(options -> options.maxOutboundBytes(2000).outboxBytes(10_000));
    rpc.process.stopReading();
    rpc.peer.notify("stuck", null);
    Eventually.soon().until("the writer is stuck", rpc.process::isBlockingAWrite);
    Json large = Json.of(Map.of("x", "y".repeat(1500)));
    for (int i = 0; i < 1000; i++) {
      assertThat(rpc.peer.call("a", large).cancel("enough")).isTrue();
    }
    rpc.process.readAgain();
    rpc.process.expect("stuck");
    rpc.works();
  }

  @Test
  void smallMessagesThatWaitTogether_areWrittenTogether() {
    rpc.process.stopReading();
    rpc.peer.notify("stuck", null);
    Eventually.soon().until("the writer is stuck", rpc.process::isBlockingAWrite);
    for (int i = 0; i < 100; i++) {
      rpc.peer.notify("n" + i, null);
    }
    rpc.process.readAgain();
    rpc.process.expect("stuck");
    for (int i = 0; i < 100; i++) {
      rpc.process.expect("n" + i);
    }
    assertThat(rpc.process.writes()).isEqualTo(2);
  }

  @Test
  void slowHandlerOfARequest_doesNotHoldUpAnswers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    rpc.onRequest.set(
        request -> {
          release.await();
          request.result(Json.of("at last"));
        });
    for (int i = 0; i < 20; i++) {
      rpc.process.send("{\"id\":" + i + ",\"method\":\"sampling/createMessage\"}");
    }
    rpc.works();
    release.countDown();
    for (int i = 0; i < 20; i++) {
      assertThat(Json.parse(rpc.process.expect()).string("/result")).contains("at last");
    }
  }

  @Test
  void dependentsOfAFuture_neverRunOnTheReader_andDoNotHoldUpAnswers() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RpcCall first = rpc.peer.call("a", null);
    Json a = rpc.process.expect("a");
    CompletableFuture<String> thread =
        first
            .future()
            .thenApply(
                reply -> {
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return Thread.currentThread().getName();
                });
    rpc.process.reply(a, "1");
    rpc.works();
    assertThat(thread.isDone()).isFalse();
    release.countDown();
    assertThat(thread.get(20, TimeUnit.SECONDS)).doesNotContain("fake-");
  }

  @Test
  void answersThatComeTogether_whoseDependentsWaitForEachOther_doNotDeadlock() throws Exception {
    List<RpcCall> calls = new ArrayList<>();
    StringBuilder answers = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      RpcCall call = rpc.call("a");
      calls.add(call);
      answers.append("{\"id\":").append(call.id()).append(",\"result\":1}\n");
    }
    List<CompletableFuture<?>> futures = new ArrayList<>();
    for (int i = 0; i < 99; i++) {
      CompletableFuture<Envelope> next = calls.get(i + 1).future();
      futures.add(calls.get(i).future().thenApply(reply -> next.join()));
    }
    CountDownLatch last = new CountDownLatch(1);
    futures.add(calls.get(0).future().thenRun(() -> awaitQuietly(last)));
    futures.add(calls.get(99).future().thenRun(last::countDown));
    rpc.process.raw(answers.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (CompletableFuture<?> future : futures) {
      future.get(20, TimeUnit.SECONDS);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void callbacks_thatCallBackIntoTheConnectionAndWait_doNotDeadlock() throws Exception {
    rpc.process.onLine(
        (process, line) -> {
          Json message = Json.parse(line);
          if (message.string("/method").isPresent() && message.at("/id").isPresent()) {
            process.reply(message, "1");
          }
        });
    rpc.onRequest.set(
        request -> {
          rpc.peer.call("from a handler", null).await();
          request.result(Json.of(true));
        });
    for (int i = 0; i < 100; i++) {
      rpc.process.send("{\"id\":" + i + ",\"method\":\"roots/list\"}");
    }
    List<CompletableFuture<Envelope>> nested = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      nested.add(
          rpc.peer
              .call("a", null)
              .future()
              .thenApply(reply -> rpc.peer.call("b", null).await())
              .thenApply(reply -> rpc.peer.call("c", null).future().join()));
    }
    for (CompletableFuture<Envelope> reply : nested) {
      assertThat(reply.get(60, TimeUnit.SECONDS).kind()).isEqualTo(Envelope.Kind.RESULT);
    }
    Eventually.soon().until("all were handled", () -> rpc.requests.size() == 100);
  }

  @Test
  void manyCallers_andAClose_endAllCallsOnce() throws Exception {
    rpc.process.onLine((process, line) -> process.reply(Json.parse(line), "1"));
    CyclicBarrier start = new CyclicBarrier(17);
    AtomicInteger ended = new AtomicInteger();
    Thread closer =
        new Thread(
            () -> {
              try {
                start.await();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              Eventually.soon().until("some calls were made", () -> ended.get() > 100);
              rpc.peer.close();
            });
    closer.start();
    inThreads(
        16,
        () -> {
          try {
            start.await();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          while (true) {
            try {
              rpc.peer.call("a", null).await();
              ended.incrementAndGet();
            } catch (SandboxException e) {
              assertThat(e.code()).isEqualTo(Code.CLOSED);
              return;
            }
          }
        });
    closer.join();
    assertThat(rpc.peer.pending()).isZero();
  }

  @Test
  void floodOfRequests_isBounded_eachAnsweredOnce_andAnswersAreNotStarved() throws Exception {
    rpc.close();
    rpc = RpcFixture.start(options -> options.incoming(50, 4));
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    rpc.onRequest.set(
        request -> {
          most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          release.await();
          atOnce.decrementAndGet();
          request.result(Json.of(true));
        });
    StringBuilder flood = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      flood.append("{\"id\":").append(i).append(",\"method\":\"sampling/createMessage\"}\n");
    }
    RpcCall call = rpc.call("a");
    flood.append("{\"id\":").append(call.id()).append(",\"result\":1}\n");
    rpc.process.raw(flood.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(call.await().kind()).isEqualTo(Envelope.Kind.RESULT);
    assertThat(rpc.peer.counters().refusedRequests()).isEqualTo(9_950);
    release.countDown();
    int refused = 0;
    int answered = 0;
    for (int i = 0; i < 10_000; i++) {
      boolean error = Json.parse(rpc.process.expect()).at("/error").isPresent();
      refused += error ? 1 : 0;
      answered += error ? 0 : 1;
    }
    assertThat(List.of(refused, answered)).containsExactly(9_950, 50);
    assertThat(most.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void floodOfNotifications_isBounded_inOrder_andAnswersAreNotStarved() throws Exception {
    rpc.close();
    rpc = RpcFixture.start(options -> options.notifications(100));
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    List<String> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    RpcCall blocking =
        rpc.peer.call(
            "a",
            null,
            CallOptions.defaults()
                .withProgress(
                    progress -> {
                      entered.countDown();
                      try {
                        release.await();
                      } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    rpc.process.expect("a");
    rpc.process.send(
        "{\"method\":\"notifications/progress\",\"params\":{\"progressToken\":"
            + blocking.id()
            + "}}");
    assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 10_000; i++) {
      rpc.process.send("{\"method\":\"notifications/message\",\"params\":{\"n\":" + i + "}}");
    }
    rpc.process.send("{\"method\":\"notifications/tools/list_changed\"}");
    rpc.works();
    assertThat(rpc.peer.counters().droppedNotifications()).isEqualTo(9_900);
    release.countDown();
    Eventually.soon().until("the rest was handled", () -> rpc.notifications.size() == 101);
    rpc.notifications.forEach(n -> seen.add(n.token("params", "n").orElse("changed")));
    assertThat(seen).startsWith("0", "1", "2").endsWith("98", "99", "changed");
  }

  @Test
  void requestsOfAServerThatReadsNoAnswers_doNotFillMemory() {
    rpc.close();
    rpc = RpcFixture.start(options -> options.maxOutboundBytes(2000).outboxBytes(2000));
    rpc.process.stopReading();
    rpc.onRequest.set(request -> request.result(Json.of("x".repeat(1000))));
    for (int i = 0; i < 1_000; i++) {
      rpc.process.send("{\"id\":" + i + ",\"method\":\"m\"}");
    }
    Eventually.soon()
        .until(
            "all were handled or refused",
            () -> rpc.peer.counters().refusedRequests() + rpc.requests.size() == 1_000);
    assertThat(rpc.peer.counters().droppedAnswers()).isGreaterThan(900);
  }
}

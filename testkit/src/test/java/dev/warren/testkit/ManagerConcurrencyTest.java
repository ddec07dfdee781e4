package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManagerConcurrencyTest extends ManagerScenario {

  private static <T> List<T> together(int threads, Callable<T> call) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        futures.add(
            pool.submit(
                () -> {
                  go.await();
                  return call.call();
                }));
      }
      go.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(100, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void start_oneBotByManyThreads_makesOneContainerAndOneConnection() throws Exception {
    assertThat(together(100, () -> manager.start(BOT).bot())).containsOnly(BOT);
    assertThat(runtime.faults().calls("containers.create")).isEqualTo(1);
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(1);
    assertThat(runtime.faults().calls("networks.endpoint")).isEqualTo(1);
    assertThat(runtime.bridges().connections()).isEqualTo(1);
  }

  @Test
  void start_oneBotByTwoManagers_makesOneContainer() throws Exception {
    BotContainerManager other = open(builder());
    CompletableFuture<Sandbox> second = CompletableFuture.supplyAsync(() -> other.start(BOT));
    manager.start(BOT).files().writeString("notes.txt", "hello");
    assertThat(second.get(60, TimeUnit.SECONDS).files().readString("notes.txt")).isEqualTo("hello");
    assertThat(runtime.faults().calls("containers.create")).isEqualTo(1);
  }

  @Test
  void address_lookedUpByManyThreads_asksTheEngineOnce() throws Exception {
    manager.start(BOT);
    BotContainerManager fresh = open(builder());
    Sandbox sandbox = fresh.find(BOT).orElseThrow();
    int before = runtime.faults().calls("networks.endpoint");
    runtime.faults().delay("networks.endpoint", Duration.ofMillis(200));
    assertThat(together(50, () -> sandbox.exec("echo", "hi").stdout())).containsOnly("hi\n");
    assertThat(runtime.faults().calls("networks.endpoint")).isEqualTo(before + 1);
  }

  @Test
  void start_whileAnotherOperationHoldsTheLock_timesOut() throws Exception {
    BotContainerManager hasty = open(builder().lockTimeout(Duration.ofMillis(100)));
    manager.start(BOT);
    CountDownLatch release = blockStops();
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(() -> manager.stop(BOT));
    try {
      Eventually.soon().until("the stop runs", () -> runtime.faults().calls("tasks.stop") == 1);
      fails(Code.TIMEOUT, () -> hasty.start(BOT));
      hasty.start(BotId.of("other")); // different bots do not wait for one another
    } finally {
      release.countDown();
      stopping.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void start_interruptedWhileItWaitsForTheLock_isCancelled() throws Exception {
    manager.start(BOT);
    CountDownLatch release = blockStops();
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(() -> manager.stop(BOT));
    try {
      Eventually.soon().until("the stop runs", () -> runtime.faults().calls("tasks.stop") == 1);
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread waiting =
          new Thread(
              () -> {
                fails(Code.CANCELLED, () -> manager.start(BOT));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      waiting.start();
      Eventually.soon().until("it waits", () -> waiting.getState() == Thread.State.TIMED_WAITING);
      waiting.interrupt();
      assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      release.countDown();
      stopping.get(60, TimeUnit.SECONDS);
    }
    assertThat(running()).isFalse();
  }

  private CountDownLatch blockStops() {
    CountDownLatch release = new CountDownLatch(1);
    runtime
        .faults()
        .onCall(
            (operation, subject) -> {
              if (operation.equals("tasks.stop")) {
                hold(release);
              }
            });
    return release;
  }

  private static void hold(CountDownLatch release) {
    try {
      assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void reusedAddress_neverReachesAnotherBot() {
    Sandbox first = manager.start(BOT);
    first.files().writeString("whose.txt", "first");
    int port = ((dev.warren.SandboxAddress.Tcp) first.address()).endpoint().getPort();
    // The first bot's sandbox dies unseen; its address then belongs to the second bot's.
    runtime.reopen().tasks().stop(ID, dev.warren.spi.Tasks.StopOptions.kill());
    BotId second = BotId.of("second");
    manager.start(second).files().writeString("whose.txt", "second");
    assertThat(port).isPositive();
    fails(Code.UNAVAILABLE, () -> first.files().readString("whose.txt"));
    manager.start(BOT);
    assertThat(first.files().readString("whose.txt")).isEqualTo("first");
  }
}

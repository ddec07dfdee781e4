package dev.warren.testkit.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime.Subscription;
import dev.warren.testkit.Eventually;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.SandboxRuntime#watch}. */
public abstract class EventCases extends ContractCases {
  private static final int AT_ONCE = 10;

  protected EventCases(ContractBench bench) {
    super(bench);
  }

  private static List<RuntimeEvent> of(String id, Queue<RuntimeEvent> events) {
    return events.stream()
        .filter(
            event ->
                event.equals(new RuntimeEvent.Started(id))
                    || (event instanceof RuntimeEvent.Exited exited && exited.id().equals(id))
                    || event.equals(new RuntimeEvent.Deleted(id)))
        .toList();
  }

  /** "Events arrive in the order of their container" */
  @Test
  void watch_wholeLife_deliversStartedExitedDeletedInOrder() {
    Queue<RuntimeEvent> events = new ConcurrentLinkedQueue<>();
    try (Subscription subscription = runtime().watch(events::add)) {
      String id = bench.create(settings().exitWith().apply(3));
      bench.runToEnd(id);
      Eventually.soon().passes(() -> assertThat(of(id, events)).hasSize(2));
      containers().delete(id);
      Eventually.soon()
          .passes(
              () ->
                  assertThat(of(id, events))
                      .containsExactly(
                          new RuntimeEvent.Started(id),
                          new RuntimeEvent.Exited(id, new ExitStatus(3, false)),
                          new RuntimeEvent.Deleted(id)));
    }
  }

  @Test
  void watch_killed_deliversTheSignal() {
    Queue<RuntimeEvent> events = new ConcurrentLinkedQueue<>();
    try (Subscription subscription = runtime().watch(events::add)) {
      String id = bench.startSleeper();
      bench.kill(id);
      Eventually.soon()
          .passes(
              () ->
                  assertThat(of(id, events))
                      .contains(new RuntimeEvent.Exited(id, new ExitStatus(137, false))));
    }
  }

  /** "whoever caused it" */
  @Test
  void watch_exitCausedByAnotherRuntime_isDelivered() throws Exception {
    Queue<RuntimeEvent> events = new ConcurrentLinkedQueue<>();
    try (Subscription subscription = runtime().watch(events::add)) {
      String id = bench.startSleeper();
      bench.reopen().tasks().stop(id, dev.warren.spi.Tasks.StopOptions.kill());
      Eventually.soon().passes(() -> assertThat(of(id, events)).hasSize(2));
    }
  }

  /**
   * "Delivers what happens to containers and tasks": also to one that has ended within its start.
   */
  @Test
  void watch_tasksThatEndAtOnce_areToldOfAsWell() {
    Queue<RuntimeEvent> events = new ConcurrentLinkedQueue<>();
    try (Subscription subscription = runtime().watch(events::add)) {
      for (int i = 0; i < AT_ONCE; i++) {
        String id = bench.create(settings().exitWith().apply(0));
        bench.runToEnd(id);
        Eventually.soon().passes(() -> assertThat(of(id, events)).hasSize(2));
      }
    }
  }

  /** "ends the delivery when closed" */
  @Test
  void close_subscription_endsTheDelivery() {
    Queue<RuntimeEvent> open = new ConcurrentLinkedQueue<>();
    Queue<RuntimeEvent> closed = new ConcurrentLinkedQueue<>();
    Subscription ended = runtime().watch(closed::add);
    ended.close();
    ended.close();
    try (Subscription subscription = runtime().watch(open::add)) {
      String id = bench.create(settings().exitWith().apply(0));
      bench.runToEnd(id);
      Eventually.soon().passes(() -> assertThat(of(id, open)).hasSize(2));
      assertThat(of(id, closed)).isEmpty();
    }
  }

  @Test
  void watch_failingListener_doesNotDisturbTheOthers() {
    Queue<RuntimeEvent> events = new ConcurrentLinkedQueue<>();
    try (Subscription failing =
            runtime()
                .watch(
                    event -> {
                      throw new IllegalStateException("a listener of the contract fails");
                    });
        Subscription subscription = runtime().watch(events::add)) {
      String id = bench.create(settings().exitWith().apply(0));
      bench.runToEnd(id);
      Eventually.soon().passes(() -> assertThat(of(id, events)).hasSize(2));
    }
  }

  /** "a call that runs is waited for" */
  @Test
  void close_whileListenerRuns_waitsForIt() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Subscription subscription = runtime().watch(event -> hold(entered, release));
    try {
      bench.start(settings().exitWith().apply(0));
      assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
      Thread closer =
          new Thread(
              () -> {
                subscription.close();
                closed.countDown();
              });
      closer.start();
      assertThat(closed.await(100, TimeUnit.MILLISECONDS)).isFalse();
      release.countDown();
      assertThat(closed.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      release.countDown();
      subscription.close();
    }
  }

  private static void hold(CountDownLatch entered, CountDownLatch release) {
    entered.countDown();
    try {
      assertThat(release.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

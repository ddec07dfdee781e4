package dev.warren.mcp.internal.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.testing.ManualTimer;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What depends on the calls that ended together. */
class CallbackBatchesTest {
  private static final Duration TICK = Duration.ofNanos(CallbackBatches.PATIENCE_NANOS);

  private final ManualTimer timer = new ManualTimer();
  private final CallbackThreads threads = new CallbackThreads();
  private final CallbackBatches handOver = new CallbackBatches(timer, threads);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void close() {
    release.countDown();
    threads.close();
  }

  private void block() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void run_shortTasks_runInOrderOnOneOtherThread() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    Set<Thread> used = Collections.synchronizedSet(new HashSet<>());
    CountDownLatch done = new CountDownLatch(100);
    List<Runnable> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      tasks.add(
          () -> {
            order.add(number);
            used.add(Thread.currentThread());
            done.countDown();
          });
    }

    handOver.run(tasks);

    await(done);
    assertThat(order).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(used).hasSize(1).doesNotContain(Thread.currentThread());
  }

  @Test
  void run_oneTaskBlocks_thoseBehindItRunAfterTwoTicks() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(9);
    List<Runnable> tasks = new ArrayList<>();
    tasks.add(
        () -> {
          blocked.countDown();
          block();
        });
    tasks.addAll(Collections.nCopies(9, others::countDown));
    handOver.run(tasks);
    await(blocked);

    timer.advance(TICK);
    timer.advance(TICK);

    await(others);
    assertThat(timer.waiting()).isZero();
  }

  @Test
  void run_allTasksBlock_allRunAfterTwoTicks() throws Exception {
    CountDownLatch all = new CountDownLatch(20);
    handOver.run(
        Collections.nCopies(
            20,
            () -> {
              all.countDown();
              block();
            }));
    Eventually.soon().until("the first runs", () -> all.getCount() < 20);

    timer.advance(TICK);
    timer.advance(TICK);

    await(all);
  }

  @Test
  void run_taskBlocksInOneBatch_nextBatchRunsAtOnce() throws Exception {
    CountDownLatch next = new CountDownLatch(2);
    handOver.run(List.of(this::block, this::block));

    handOver.run(List.of(next::countDown, next::countDown));

    await(next);
  }

  @Test
  void run_taskFails_thoseBehindItRun() throws Exception {
    CountDownLatch others = new CountDownLatch(2);

    handOver.run(
        List.of(
            () -> {
              throw new IllegalStateException("on purpose");
            },
            others::countDown,
            others::countDown));

    await(others);
  }

  @Test
  void run_interruptLeftByTask_isNotSeenByTheNext() throws Exception {
    AtomicInteger interrupted = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(1);

    handOver.run(
        List.of(
            () -> Thread.currentThread().interrupt(),
            () -> {
              if (Thread.currentThread().isInterrupted()) {
                interrupted.incrementAndGet();
              }
              done.countDown();
            }));

    await(done);
    assertThat(interrupted).hasValue(0);
  }

  @Test
  void run_spreadWhileItGoesOn_eachTaskRunsOnce() throws Exception {
    int batches = 500;
    int size = 40;
    AtomicIntegerArray runs = new AtomicIntegerArray(batches * size);
    CountDownLatch done = new CountDownLatch(batches * size);
    for (int batch = 0; batch < batches; batch++) {
      List<Runnable> tasks = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int number = batch * size + i;
        tasks.add(
            () -> {
              runs.incrementAndGet(number);
              done.countDown();
            });
      }
      handOver.run(tasks);
      timer.advance(TICK.multipliedBy(2)); // every batch that goes on looks as if it stood still
    }

    await(done);
    assertThat(IntStream.range(0, batches * size).map(runs::get)).containsOnly(1);
  }

  @Test
  void run_allDone_setsNoTimerAgain() throws Exception {
    CountDownLatch done = new CountDownLatch(2);
    handOver.run(List.of(done::countDown, done::countDown));
    await(done);

    Eventually.soon()
        .until(
            "the watch ends",
            () -> {
              timer.advance(TICK);
              return timer.waiting() == 0;
            });
  }
}

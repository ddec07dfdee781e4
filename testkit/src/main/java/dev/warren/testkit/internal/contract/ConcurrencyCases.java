package dev.warren.testkit.internal.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Tasks.StopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Cases of "All objects are thread-safe". */
public abstract class ConcurrencyCases extends ContractCases {
  private static final int MANY = 16;
  private static final int SEVERAL = 6;

  protected ConcurrencyCases(ContractBench bench) {
    super(bench);
  }

  /** Runs tasks that all begin at the same moment, and gives their results in order. */
  private static <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> task : tasks) {
        futures.add(
            threads.submit(
                () -> {
                  go.await();
                  return task.call();
                }));
      }
      go.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(100, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static Optional<Code> codeOf(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (SandboxException e) {
      return Optional.of(e.code());
    }
  }

  @Test
  void create_sameIdByManyThreads_oneSucceedsAndItsLayerIsIntact() throws Exception {
    String id = bench.id();
    List<Optional<Code>> codes =
        together(
            Collections.nCopies(
                MANY,
                () ->
                    codeOf(
                        () -> containers().create(bench.spec(id, bench.appendAndShow()).build()))));
    assertThat(codes).filteredOn(Optional::isEmpty).hasSize(1);
    assertThat(codes)
        .filteredOn(Optional::isPresent)
        .allMatch(code -> code.orElseThrow() == Code.ALREADY_EXISTS);
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
  }

  @Test
  void wholeLives_ofDifferentIds_doNotDisturbOneAnother() throws Exception {
    List<Callable<Integer>> lives = new ArrayList<>();
    for (int i = 0; i < SEVERAL; i++) {
      lives.add(
          () -> {
            String id = bench.create(bench.appendAndShow());
            int lines = bench.linesAfterRun(id) + bench.linesAfterRun(id);
            containers().delete(id);
            return lines;
          });
    }
    assertThat(together(lives)).hasSize(SEVERAL).containsOnly(3);
  }

  @Test
  void start_differentIdsAtOnce_allRun() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < SEVERAL; i++) {
      ids.add(bench.create(settings().sleepForever()));
    }
    List<Callable<Boolean>> starts = new ArrayList<>();
    ids.forEach(id -> starts.add(() -> tasks().start(id).id().equals(id)));
    assertThat(together(starts)).containsOnly(true);
    assertThat(ids).allMatch(id -> tasks().get(id).orElseThrow().running());
  }

  @Test
  void awaitExit_byManyThreads_allSeeTheSameEnd() throws Exception {
    String id = bench.startSleeper();
    List<Callable<Integer>> calls =
        new ArrayList<>(
            Collections.nCopies(MANY - 1, () -> tasks().awaitExit(id, ContractBench.LONG).code()));
    calls.add(
        () -> {
          bench.kill(id);
          return 137;
        });
    assertThat(together(calls)).containsOnly(137);
  }

  @Test
  void delete_sameIdByManyThreads_isGone() throws Exception {
    String id = bench.startSleeper();
    containers().delete(id);
    assertThat(together(Collections.nCopies(MANY, () -> codeOf(() -> containers().delete(id)))))
        .containsOnly(Optional.empty());
    assertThat(containers().get(id)).isEmpty();
  }

  /** "Calls for different containers do not wait for one another." */
  @Test
  void start_whileAnotherStops_doesNotWaitForIt() throws Exception {
    String stubborn = bench.startReady(settings().ignoreTerm());
    Thread stopping =
        new Thread(
            () -> codeOf(() -> tasks().stop(stubborn, StopOptions.grace(Duration.ofMinutes(10)))));
    stopping.start();
    try {
      String other = bench.startSleeper();
      assertThat(tasks().get(other).orElseThrow().running()).isTrue();
      containers().delete(other);
      assertThat(stopping.isAlive()).isTrue();
    } finally {
      stopping.interrupt();
      stopping.join(30_000);
    }
  }
}

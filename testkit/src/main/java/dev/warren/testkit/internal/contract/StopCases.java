package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import dev.warren.spi.Tasks.StopOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Tasks#stop}. */
public abstract class StopCases extends ContractCases {
  /** Far more than a stop takes, far less than the grace of the cases that use it. */
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  private static final Duration HUGE_GRACE = Duration.ofMinutes(10);
  private static final int SIGTERM = 143;
  private static final int SIGKILL = 137;

  protected StopCases(ContractBench bench) {
    super(bench);
  }

  /** "the signal, up to grace for it to exit" */
  @Test
  void stop_withGrace_endsBySigterm() {
    String id = bench.startSleeper();
    tasks().stop(id, StopOptions.grace(GENEROUS));
    TaskInfo task = tasks().get(id).orElseThrow();
    assertThat(task.status()).isEqualTo(Status.STOPPED);
    assertThat(task.exit()).contains(new ExitStatus(SIGTERM, false));
    assertThat(task.pid()).isZero();
  }

  /** "Takes no longer than the workload needs." */
  @Test
  void stop_withHugeGrace_doesNotWaitForIt() {
    String id = bench.startSleeper();
    long begin = System.nanoTime();
    tasks().stop(id, StopOptions.grace(HUGE_GRACE));
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(GENEROUS);
  }

  /** "then SIGKILL" */
  @Test
  void stop_ignoringTerm_isKilledAfterGrace() {
    String id = bench.startReady(settings().ignoreTerm());
    tasks().stop(id, StopOptions.grace(Duration.ofMillis(300)));
    assertThat(tasks().get(id).orElseThrow().exit().orElseThrow().code()).isEqualTo(SIGKILL);
  }

  /** "zero: SIGKILL at once" */
  @Test
  void stop_withoutGrace_endsBySigkill() {
    String id = bench.startSleeper();
    tasks().stop(id, StopOptions.kill());
    assertThat(tasks().get(id).orElseThrow().exit().orElseThrow().code()).isEqualTo(SIGKILL);
  }

  /** "What would … stop something stopped, succeeds." */
  @Test
  void stop_stopped_succeedsAndKeepsTheExitStatus() {
    String id = bench.create(settings().exitWith().apply(3));
    bench.runToEnd(id);
    tasks().stop(id, StopOptions.kill());
    tasks().stop(id, StopOptions.grace(GENEROUS));
    assertThat(tasks().get(id).orElseThrow().exit().orElseThrow().code()).isEqualTo(3);
  }

  @Test
  void stop_neverStartedOrAbsent_succeeds() {
    String created = bench.create(settings().sleepForever());
    tasks().stop(created, StopOptions.kill());
    tasks().stop(bench.id(), StopOptions.kill());
    assertThat(tasks().get(created)).isEmpty();
  }

  /** "A stop or an exit never touches the writable layer" */
  @Test
  void stop_container_staysWithItsLabels() {
    String id = bench.startSleeper();
    bench.kill(id);
    assertThat(containers().get(id).orElseThrow().labels()).containsKey(ContractBench.LABEL);
  }

  /** "signals are 1 to 64, and the grace is not negative" */
  @Test
  void stopOptions_badValues_areInvalid() {
    fails(Code.INVALID_ARGUMENT, () -> new StopOptions(0, Duration.ZERO));
    fails(Code.INVALID_ARGUMENT, () -> new StopOptions(15, Duration.ofSeconds(-1)));
  }
}

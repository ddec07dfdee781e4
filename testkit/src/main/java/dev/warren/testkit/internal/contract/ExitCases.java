package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Cases of exit statuses and {@link dev.warren.spi.Tasks#awaitExit}. */
public abstract class ExitCases extends ContractCases {

  protected ExitCases(ContractBench bench) {
    super(bench);
  }

  /** "0 to 255" */
  @Test
  void awaitExit_exited_tellsTheCode() {
    assertThat(exitOf(0)).isEqualTo(new ExitStatus(0, false));
    assertThat(exitOf(3)).isEqualTo(new ExitStatus(3, false));
    assertThat(exitOf(255)).isEqualTo(new ExitStatus(255, false));
  }

  private ExitStatus exitOf(int code) {
    return bench.runToEnd(bench.create(settings().exitWith().apply(code)));
  }

  /** "answers at once if it has ended" */
  @Test
  void awaitExit_ended_answersAgain() {
    String id = bench.create(settings().exitWith().apply(7));
    bench.runToEnd(id);
    assertThat(tasks().awaitExit(id, Duration.ZERO).code()).isEqualTo(7);
  }

  /** "128 + n after signal n" */
  @Test
  void awaitExit_killed_tellsTheSignal() {
    String id = bench.startSleeper();
    bench.kill(id);
    assertThat(tasks().awaitExit(id, ContractBench.LONG).code()).isEqualTo(137);
  }

  @Test
  void awaitExit_running_isTimeout() {
    String id = bench.startSleeper();
    fails(Code.TIMEOUT, () -> tasks().awaitExit(id, Duration.ofMillis(100)));
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
  }

  /** "NOT_FOUND when there is no task" */
  @Test
  void awaitExit_noTask_isNotFound() {
    String created = bench.create(settings().sleepForever());
    fails(Code.NOT_FOUND, () -> tasks().awaitExit(created, ContractBench.LONG));
    fails(Code.NOT_FOUND, () -> tasks().awaitExit(bench.id(), ContractBench.LONG));
  }

  /** "the exit status stays readable through get until the next start or the delete" */
  @Test
  void get_afterExit_showsTheCodeUntilTheNextStart() throws Exception {
    String id = bench.create(settings().exitWith().apply(9));
    bench.runToEnd(id);
    TaskInfo ended = tasks().get(id).orElseThrow();
    assertThat(ended.status()).isEqualTo(Status.STOPPED);
    assertThat(ended.exit().orElseThrow().code()).isEqualTo(9);
    assertThat(bench.reopen().tasks().get(id).orElseThrow().exit().orElseThrow().code())
        .isEqualTo(9);
    containers().delete(id);
    assertThat(tasks().get(id)).isEmpty();
  }
}

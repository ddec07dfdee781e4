package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cases of {@link dev.warren.spi.Tasks#start}. */
public abstract class StartCases extends ContractCases {

  protected StartCases(ContractBench bench) {
    super(bench);
  }

  @Test
  void start_created_runs() {
    String id = bench.create(settings().sleepForever());
    TaskInfo started = tasks().start(id);
    assertThat(started.id()).isEqualTo(id);
    assertThat(started.exit()).isEmpty();
    assertThat(tasks().get(id).orElseThrow().status()).isEqualTo(Status.RUNNING);
  }

  /** "a process in a container has a pid here" where the host is shared, else 0. */
  @Test
  void start_tellsAPidOfThisHost_whereTheHostIsShared() {
    long pid = tasks().get(bench.startSleeper()).orElseThrow().pid();
    if (runtime().info().can(Capability.SHARED_HOST)) {
      assertThat(ProcessHandle.of(pid)).isPresent();
    } else {
      assertThat(pid).isZero();
    }
  }

  /** "CONFLICT when it runs" */
  @Test
  void start_running_isConflictAndGoesOn() {
    String id = bench.startSleeper();
    long pid = tasks().get(id).orElseThrow().pid();
    fails(Code.CONFLICT, () -> tasks().start(id));
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
    assertThat(tasks().get(id).orElseThrow().pid()).isEqualTo(pid);
  }

  /** "NOT_FOUND (container …)" */
  @Test
  void start_absentContainer_isNotFound() {
    fails(Code.NOT_FOUND, () -> tasks().start(bench.id()));
  }

  /** "NOT_FOUND (… or the command in it)" and "A failed call leaves nothing behind" */
  @Test
  void start_missingCommand_isNotFoundAndLeavesNoTask() {
    String id = bench.create(List.of("/no/such/command"));
    fails(Code.NOT_FOUND, () -> tasks().start(id));
    assertThat(tasks().get(id).filter(TaskInfo::running)).isEmpty();
    assertThat(tasks().list()).noneMatch(task -> task.id().equals(id) && task.running());
    assertThat(containers().get(id)).isPresent();
    containers().delete(id);
    assertThat(containers().get(id)).isEmpty();
  }

  /** "the next start finds it as it was" */
  @Test
  void start_afterExit_keepsTheWritableLayer() {
    String id = bench.create(bench.appendAndShow());
    assertThat(bench.linesAfterRun(id)).isEqualTo(1);
    assertThat(bench.linesAfterRun(id)).isEqualTo(2);
    assertThat(bench.linesAfterRun(id)).isEqualTo(3);
  }

  /** "The remains of an earlier, ended task are removed first." */
  @Test
  void start_afterKill_runsAgain() {
    String id = bench.startSleeper();
    bench.kill(id);
    tasks().start(id);
    TaskInfo again = tasks().get(id).orElseThrow();
    assertThat(again.running()).isTrue();
    assertThat(again.exit()).isEmpty();
  }

  /** "All tasks, running or ended, sorted by id." */
  @Test
  void list_holdsRunningAndEnded_sortedById() {
    String running = bench.startSleeper();
    String ended = bench.create(settings().exitWith().apply(0));
    bench.runToEnd(ended);
    assertThat(tasks().list()).extracting(TaskInfo::id).contains(running, ended).isSorted();
  }

  /** "empty when it never ran, or the container is absent" */
  @Test
  void get_neverStarted_isEmpty() {
    assertThat(tasks().get(bench.create(settings().sleepForever()))).isEmpty();
    assertThat(tasks().get(bench.id())).isEmpty();
  }
}

package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.SandboxException.Code;
import dev.warren.spi.Pause;
import dev.warren.spi.TaskInfo.Status;
import org.junit.jupiter.api.Test;

/** Cases of {@link Pause}. */
public abstract class PauseCases extends ContractCases {

  protected PauseCases(ContractBench bench) {
    super(bench);
  }

  private Pause pause() {
    assumeTrue(runtime().pause().isPresent(), "the runtime lacks the ability Pause");
    return runtime().pause().orElseThrow();
  }

  /** "freezing a frozen one does nothing", "for a running task it does nothing" */
  @Test
  void pauseAndResume_twice_showInTheState() {
    Pause pause = pause();
    String id = bench.startSleeper();
    pause.pause(id);
    pause.pause(id);
    assertThat(tasks().get(id).orElseThrow().status()).isEqualTo(Status.PAUSED);
    assertThat(tasks().get(id).orElseThrow().running()).isTrue();
    pause.resume(id);
    pause.resume(id);
    assertThat(tasks().get(id).orElseThrow().status()).isEqualTo(Status.RUNNING);
  }

  @Test
  void stop_paused_endsIt() {
    Pause pause = pause();
    String id = bench.startSleeper();
    pause.pause(id);
    bench.kill(id);
    assertThat(tasks().get(id).orElseThrow().status()).isEqualTo(Status.STOPPED);
  }

  @Test
  void delete_paused_succeeds() {
    Pause pause = pause();
    String id = bench.startSleeper();
    pause.pause(id);
    containers().delete(id);
    assertThat(containers().get(id)).isEmpty();
  }

  @Test
  void pause_noTask_isNotFound() {
    Pause pause = pause();
    String created = bench.create(settings().sleepForever());
    fails(Code.NOT_FOUND, () -> pause.pause(created));
  }
}

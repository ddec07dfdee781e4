package dev.warren.examples.capped;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Finding.Severity;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxRuntimes;
import dev.warren.StateDirectory;
import dev.warren.doctor.HostDoctor;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.WarrenExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What this runtime adds to the one below. */
@Timeout(120)
class CappedRuntimeTest {
  private static final int MOST = 2;
  private static final int CALLERS = 6;

  @RegisterExtension
  static final WarrenExtension WARREN =
      WarrenExtension.on(state -> CappedRuntime.of(ProcessRuntime.open(state), MOST));

  private static BotId bot(int number) {
    return BotId.of("bot-" + number);
  }

  @Test
  void start_beyondTheLimit_isRefusedAndLeavesNothing(
      BotContainerManager manager, SandboxRuntime runtime) {
    manager.start(bot(1));
    manager.start(bot(2));
    assertThatThrownBy(() -> manager.start(bot(3)))
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
              assertThat(e).hasMessageContaining("all 2 places are taken");
            });
    assertThat(runtime.containers().list()).hasSize(MOST);
    // One that runs is not started a second time, and a place that is free again is given away.
    manager.start(bot(1));
    manager.stop(bot(1));
    manager.start(bot(3));
    for (int i = 1; i <= 3; i++) {
      manager.delete(bot(i));
    }
  }

  @Test
  void start_manyAtOnce_neverTakesMoreThanTheLimit(
      BotContainerManager manager, SandboxRuntime runtime) throws Exception {
    CyclicBarrier together = new CyclicBarrier(CALLERS);
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<Boolean>> starts = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        BotId bot = bot(i);
        starts.add(
            threads.submit(
                () -> {
                  together.await();
                  try {
                    manager.start(bot);
                    return true;
                  } catch (SandboxException e) {
                    assertThat(e.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                    return false;
                  }
                }));
      }
      int started = 0;
      for (Future<Boolean> start : starts) {
        started += start.get() ? 1 : 0;
      }
      assertThat(started).isEqualTo(MOST);
      assertThat(runtime.tasks().list()).hasSize(MOST);
    } finally {
      threads.shutdownNow();
      for (int i = 0; i < CALLERS; i++) {
        manager.delete(bot(i));
      }
    }
  }

  @Test
  void of_limitThatIsNotPositive_isInvalid(@TempDir Path directory) {
    try (SandboxRuntime below = ProcessRuntime.open(StateDirectory.at(directory))) {
      assertThatThrownBy(() -> CappedRuntime.of(below, 0))
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.INVALID_ARGUMENT));
    }
  }

  @Test
  void provider_isFoundByDiscovery_andByTheDoctor(@TempDir Path directory) {
    StateDirectory state = StateDirectory.at(directory);
    try (SandboxRuntime found = SandboxRuntimes.discover(state)) {
      assertThat(found).isInstanceOf(CappedRuntime.class);
    }
    assertThat(HostDoctor.examine(state).finding("backend." + CappedProcessProvider.NAME))
        .hasValueSatisfying(it -> assertThat(it.severity()).isEqualTo(Severity.OK));
  }
}

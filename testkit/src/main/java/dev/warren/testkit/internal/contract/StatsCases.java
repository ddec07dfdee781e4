package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.warren.SandboxException.Code;
import dev.warren.spi.Metrics;
import org.junit.jupiter.api.Test;

/** Cases of {@link Metrics}. */
public abstract class StatsCases extends ContractCases {

  protected StatsCases(ContractBench bench) {
    super(bench);
  }

  private Metrics metrics() {
    assumeTrue(runtime().metrics().isPresent(), "the runtime lacks the ability Metrics");
    return runtime().metrics().orElseThrow();
  }

  @Test
  void get_running_isPlausible() {
    Metrics metrics = metrics();
    Metrics.TaskMetrics reading = metrics.get(bench.startSleeper());
    assertThat(reading.pids()).isPositive();
    assertThat(reading.memoryBytes()).isPositive();
    assertThat(reading.cpuNanos()).isNotNegative();
    assertThat(reading.memoryLimitBytes()).isNotNegative();
  }

  /** "NOT_FOUND when there is no task" */
  @Test
  void get_noTask_isNotFound() {
    Metrics metrics = metrics();
    String created = bench.create(settings().sleepForever());
    fails(Code.NOT_FOUND, () -> metrics.get(created));
  }

  /** "CONFLICT when it has ended" */
  @Test
  void get_ended_isConflict() {
    Metrics metrics = metrics();
    String id = bench.create(settings().exitWith().apply(0));
    bench.runToEnd(id);
    fails(Code.CONFLICT, () -> metrics.get(id));
  }
}

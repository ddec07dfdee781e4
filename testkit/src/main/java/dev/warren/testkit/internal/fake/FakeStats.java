package dev.warren.testkit.internal.fake;

import dev.warren.SandboxException.Code;
import dev.warren.spi.Metrics;
import dev.warren.spi.Pause;
import java.time.Duration;
import java.time.Instant;

/** Made-up figures, and pauses that only show in the state. Thread-safe. */
public final class FakeStats implements Metrics, Pause {
  private static final long MEMORY = 4 << 20;

  private final FakeTasks tasks;
  private final Gate gate;

  public FakeStats(FakeTasks tasks, Gate gate) {
    this.tasks = tasks;
    this.gate = gate;
  }

  @Override
  public TaskMetrics get(String id) {
    gate.enter("metrics.get", id);
    FakeTask task = running("read metrics of", id);
    Duration age = Duration.between(task.info().started().orElseThrow(), Instant.now());
    return new TaskMetrics(Math.max(1, age.toNanos() / 100), MEMORY, 0, 1);
  }

  @Override
  public void pause(String id) {
    gate.enter("pause.pause", id);
    running("pause", id).pause(true);
  }

  @Override
  public void resume(String id) {
    gate.enter("pause.resume", id);
    running("resume", id).pause(false);
  }

  private FakeTask running(String operation, String id) {
    FakeTask task = tasks.require(operation, id);
    if (!task.running()) {
      throw FakeError.of(Code.CONFLICT, operation, id, "its task has ended");
    }
    return task;
  }
}

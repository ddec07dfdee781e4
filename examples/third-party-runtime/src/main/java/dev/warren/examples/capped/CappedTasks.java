package dev.warren.examples.capped;

import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Starts go through the gate, all else straight on. */
final class CappedTasks implements Tasks {
  private final Tasks below;
  private final StartGate gate;

  CappedTasks(Tasks below, StartGate gate) {
    this.below = below;
    this.gate = gate;
  }

  @Override
  public TaskInfo start(String id) {
    return gate.pass(id, () -> below.start(id));
  }

  @Override
  public void stop(String id, StopOptions options) {
    below.stop(id, options);
  }

  @Override
  public Optional<TaskInfo> get(String id) {
    return below.get(id);
  }

  @Override
  public List<TaskInfo> list() {
    return below.list();
  }

  @Override
  public ExitStatus awaitExit(String id, Duration timeout) {
    return below.awaitExit(id, timeout);
  }

  @Override
  public InputStream logs(String id) {
    return below.logs(id);
  }
}

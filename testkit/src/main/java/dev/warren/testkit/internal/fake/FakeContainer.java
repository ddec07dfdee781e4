package dev.warren.testkit.internal.fake;

import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A container with the task it has or had. Thread-safe. */
public final class FakeContainer {
  private final ContainerSpec spec;
  private final ContainerInfo info;
  private final Path layer;
  private volatile @Nullable FakeTask task;

  FakeContainer(ContainerSpec spec, ContainerInfo info, Path layer) {
    this.spec = spec;
    this.info = info;
    this.layer = layer;
  }

  public ContainerSpec spec() {
    return spec;
  }

  ContainerInfo info() {
    return info;
  }

  Path layer() {
    return layer;
  }

  Optional<FakeTask> task() {
    return Optional.ofNullable(task);
  }

  boolean running() {
    return task().filter(FakeTask::running).isPresent();
  }

  void run(@Nullable FakeTask next) {
    task = next;
  }
}

package dev.warren.testkit.internal.fake;

import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import dev.warren.spi.Tasks;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The fake's containers. Thread-safe. */
public final class FakeContainers implements Containers {
  private final FakeEngine engine;
  private final Gate gate;
  private final FakeTasks tasks;

  public FakeContainers(FakeEngine engine, Gate gate, FakeTasks tasks) {
    this.engine = engine;
    this.gate = gate;
    this.tasks = tasks;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    gate.enter("containers.create", spec.id());
    return engine.create("create container", spec, layer -> {});
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    gate.enter("containers.get", id);
    return engine.find(id).map(FakeContainer::info);
  }

  @Override
  public List<ContainerInfo> list() {
    gate.enter("containers.list", "");
    return matching(container -> true);
  }

  @Override
  public List<ContainerInfo> listByLabel(String key) {
    gate.enter("containers.list", key);
    return matching(container -> container.labels().containsKey(key));
  }

  @Override
  public List<ContainerInfo> listByLabel(String key, String value) {
    gate.enter("containers.list", key);
    return matching(container -> value.equals(container.labels().get(key)));
  }

  @Override
  public void delete(String id) {
    gate.enter("containers.delete", id);
    tasks.end("delete container", id, Tasks.StopOptions.kill());
    engine.delete("delete container", id);
  }

  private List<ContainerInfo> matching(Predicate<ContainerInfo> wanted) {
    return engine.containers().stream().map(FakeContainer::info).filter(wanted).toList();
  }
}

package dev.warren.process;

import dev.warren.Mount;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Containers;
import dev.warren.spi.EventHub;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.Tasks.StopOptions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Containers as directories. */
final class ProcessContainers implements Containers {
  private final ContainerStore store;
  private final ProcessTasks tasks;
  private final EventHub events;
  private final Runnable ensureOpen;

  ProcessContainers(
      ContainerStore store, ProcessTasks tasks, EventHub events, Runnable ensureOpen) {
    this.store = store;
    this.tasks = tasks;
    this.events = events;
    this.ensureOpen = ensureOpen;
  }

  @Override
  public ContainerInfo create(ContainerSpec spec) {
    ensureOpen.run();
    refuse(!spec.gpus().isEmpty(), spec, "GPUs");
    refuse(spec.runtimeName().isPresent(), spec, "secure runtimes");
    refuse(spec.user().isPresent(), spec, "another user");
    refuse(!spec.files().isEmpty(), spec, "files of an image");
    refuse(spec.mounts().stream().anyMatch(Mount.Tmpfs.class::isInstance), spec, "tmpfs mounts");
    return store.create(ContainerRecord.of(spec)).info();
  }

  @Override
  public Optional<ContainerInfo> get(String id) {
    ensureOpen.run();
    return store.find(id).map(ContainerRecord::info);
  }

  @Override
  public List<ContainerInfo> list() {
    return all().toList();
  }

  @Override
  public List<ContainerInfo> listByLabel(String key) {
    return all().filter(container -> container.labels().containsKey(key)).toList();
  }

  @Override
  public List<ContainerInfo> listByLabel(String key, String value) {
    return all().filter(container -> value.equals(container.labels().get(key))).toList();
  }

  @Override
  public void delete(String id) {
    ensureOpen.run();
    tasks.stop(id, StopOptions.kill());
    if (store.delete(id)) {
      events.emit(new RuntimeEvent.Deleted(id));
    }
  }

  private Stream<ContainerInfo> all() {
    ensureOpen.run();
    return store.ids().stream().flatMap(id -> store.find(id).stream()).map(ContainerRecord::info);
  }

  private static void refuse(boolean condition, ContainerSpec spec, String what) {
    if (condition) {
      throw SandboxException.of(Code.UNSUPPORTED, "create container", spec.id())
          .backend(ProcessRuntime.NAME)
          .detail("this runtime cannot provide " + what)
          .remedy("use an engine, such as containerd")
          .build();
    }
  }
}

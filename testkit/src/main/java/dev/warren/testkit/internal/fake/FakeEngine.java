package dev.warren.testkit.internal.fake;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.ContainerSpec.InitialFile;
import dev.warren.spi.EventHub;
import dev.warren.spi.RuntimeEvent;
import dev.warren.testkit.FakeCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The engine behind fake runtimes: it lives on when a runtime is closed. Layers are directories, so
 * a layer without a container is seen as in a real engine. The monitor guards the set of ids that
 * are being made. Thread-safe.
 */
public final class FakeEngine {
  private final Path layers;
  private final Path snapshots;
  private final Map<String, FakeContainer> containers = new ConcurrentSkipListMap<>();
  private final Set<String> reserved = new HashSet<>();
  private final CommandTable commands = new CommandTable();
  private final EventHub events = new EventHub("fake-events");
  private final AddressPool addresses;
  private final Map<String, dev.warren.spi.Image> images = new ConcurrentSkipListMap<>();

  public FakeEngine(Path directory, int addresses) {
    this.layers = directory.resolve("layers");
    this.snapshots = directory.resolve("snapshots");
    this.addresses = new AddressPool(addresses);
    try {
      Files.createDirectories(layers);
      Files.createDirectories(snapshots);
    } catch (IOException e) {
      throw FakeError.io("open engine", "", e);
    }
  }

  /** Fills the writable layer of a container that is being made. */
  @FunctionalInterface
  interface Filling {
    void fill(Path layer) throws IOException;
  }

  public void register(String name, FakeCommand command) {
    commands.register(name, command);
  }

  public CommandTable commands() {
    return commands;
  }

  public EventHub events() {
    return events;
  }

  AddressPool addresses() {
    return addresses;
  }

  Map<String, dev.warren.spi.Image> images() {
    return images;
  }

  Path snapshots() {
    return snapshots;
  }

  public Optional<FakeContainer> find(String id) {
    return Optional.ofNullable(containers.get(id));
  }

  FakeContainer require(String operation, String id) {
    return find(id)
        .orElseThrow(
            () -> FakeError.of(Code.NOT_FOUND, operation, id, "there is no such container"));
  }

  List<FakeContainer> containers() {
    return List.copyOf(containers.values());
  }

  ContainerInfo create(String operation, ContainerSpec spec, Filling filling) {
    String id = spec.id();
    check(operation, spec);
    Path layer = layers.resolve(id);
    synchronized (this) {
      boolean taken = containers.containsKey(id) || reserved.contains(id) || Files.exists(layer);
      if (taken) {
        throw FakeError.of(Code.ALREADY_EXISTS, operation, id, "its name or its layer is taken");
      }
      reserved.add(id);
    }
    boolean made = false;
    try {
      Files.createDirectory(layer);
      Files.createDirectories(layer.resolve("data"));
      Files.createDirectories(layer.resolve("tmp"));
      filling.fill(layer);
      put(spec.files(), layer);
      made = true;
      return register(spec, layer);
    } catch (IOException e) {
      throw FakeError.io(operation, id, e);
    } finally {
      if (!made) {
        discard(operation, id);
      }
      synchronized (this) {
        reserved.remove(id);
      }
    }
  }

  /** Makes a container around a layer that is there. */
  synchronized ContainerInfo adopt(String operation, ContainerSpec spec) {
    check(operation, spec);
    if (!orphaned().contains(spec.id())) {
      throw FakeError.of(Code.NOT_FOUND, operation, spec.id(), "there is no orphaned layer");
    }
    return register(spec, layers.resolve(spec.id()));
  }

  private ContainerInfo register(ContainerSpec spec, Path layer) {
    ContainerInfo info =
        new ContainerInfo(spec.id(), spec.image().toString(), spec.labels(), Instant.now());
    containers.put(spec.id(), new FakeContainer(spec, info, layer));
    return info;
  }

  /** Says where a port of a running task is reached. */
  public void publish(String id, int port, InetSocketAddress at) {
    find(id).flatMap(FakeContainer::task).ifPresent(task -> task.publish(port, at));
  }

  /** Drops the record and leaves the layer. */
  public void lose(String id) {
    containers.remove(id);
  }

  void delete(String operation, String id) {
    FakeContainer gone = containers.get(id);
    discard(operation, id);
    if (gone != null) {
      containers.remove(id);
      events.emit(new RuntimeEvent.Deleted(id));
    }
  }

  private void discard(String operation, String id) {
    try {
      FileTree.delete(layers.resolve(id));
    } catch (IOException e) {
      throw FakeError.io(operation, id, e);
    }
  }

  synchronized List<String> orphaned() {
    try (Stream<Path> paths = Files.list(layers)) {
      return paths
          .map(path -> path.getFileName().toString())
          .filter(id -> !containers.containsKey(id) && !reserved.contains(id))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw FakeError.io("list orphaned layers", "", e);
    }
  }

  public void close() {
    for (FakeContainer container : containers.values()) {
      container.task().filter(FakeTask::running).ifPresent(t -> t.process().signal(9));
    }
    events.close();
  }

  private void check(String operation, ContainerSpec spec) {
    boolean honoured =
        spec.mounts().isEmpty() && spec.gpus().isEmpty() && spec.runtimeName().isEmpty();
    if (!honoured) {
      throw SandboxException.of(Code.UNSUPPORTED, operation, spec.id())
          .backend(FakeError.BACKEND)
          .detail("the fake has no mounts, GPUs or secure runtimes")
          .build();
    }
    if (!images.containsKey(spec.image().toString())) {
      throw FakeError.of(
          Code.NOT_FOUND, operation, spec.id(), "image " + spec.image() + " is not here");
    }
  }

  private static void put(List<InitialFile> files, Path layer) throws IOException {
    for (InitialFile file : files) {
      Path target = SandboxPaths.resolve(layer, "/", file.path(), true);
      Files.createDirectories(target.getParent());
      Files.copy(file.source(), target);
      Files.setAttribute(target, "unix:mode", file.mode());
    }
  }
}

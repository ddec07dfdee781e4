package dev.warren.testkit;

import dev.warren.StateDirectory;
import dev.warren.spi.Containers;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshot;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks;
import dev.warren.testkit.internal.bridge.BridgeProgram;
import dev.warren.testkit.internal.bridge.Misbehaviour;
import dev.warren.testkit.internal.fake.FakeContainers;
import dev.warren.testkit.internal.fake.FakeEngine;
import dev.warren.testkit.internal.fake.FakeImages;
import dev.warren.testkit.internal.fake.FakeNetworks;
import dev.warren.testkit.internal.fake.FakeSnapshots;
import dev.warren.testkit.internal.fake.FakeStats;
import dev.warren.testkit.internal.fake.FakeTasks;
import dev.warren.testkit.internal.fake.FileTree;
import dev.warren.testkit.internal.fake.Gate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A runtime without an engine: containers are temporary directories, and what runs in them are
 * {@link FakeCommand}s in threads of this JVM. It passes {@link SandboxRuntimeContract}, and a
 * manager works on it as on a real one, with a bridge in this JVM behind a real connection.
 *
 * <p>It knows {@code sleep}, {@code true}, {@code false}, {@code echo}, {@code cat}, {@code
 * printf}, {@code exit} and simple lines of {@code sh -c}; everything else is registered with
 * {@link Builder#command}. Nothing is isolated: commands are code of the test.
 *
 * <p>{@link #close} leaves the containers, as the contract wants it; {@link #destroy} removes all.
 * Thread-safe.
 */
public final class FakeSandboxRuntime implements SandboxRuntime {
  /** The name of the backend in {@link #info} and in errors. */
  public static final String NAME = "fake";

  /** An image that every fake registry has. */
  public static final String IMAGE = "localhost/warren/fake:1";

  private final Parts parts;
  private final Gate gate;
  private final FakeImages images;
  private final FakeContainers containers;
  private final FakeTasks tasks;
  private final FakeNetworks networks;
  private final FakeSnapshots snapshots;
  private final FakeStats stats;

  private FakeSandboxRuntime(Parts parts) {
    this.parts = parts;
    this.gate = new Gate(parts.faults()::before);
    this.tasks = new FakeTasks(parts.engine(), gate);
    this.images = new FakeImages(parts.engine(), gate, parts.registry()::digest);
    this.containers = new FakeContainers(parts.engine(), gate, tasks);
    this.networks = new FakeNetworks(parts.engine(), gate, tasks);
    this.snapshots = new FakeSnapshots(parts.engine(), gate, parts.snapshots());
    this.stats = new FakeStats(tasks, gate);
  }

  /** What runtimes on the same engine share. */
  private record Parts(
      FakeEngine engine,
      FakeFaults faults,
      FakeRegistry registry,
      FakeBridges bridges,
      Map<String, Snapshot> snapshots,
      StateDirectory state,
      Path directory) {}

  /** A runtime on an engine of its own, with the standard commands. */
  public static FakeSandboxRuntime create() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Another runtime on the same engine, as a restarted host application opens it. */
  public FakeSandboxRuntime reopen() {
    return new FakeSandboxRuntime(parts);
  }

  /** Makes calls fail, and counts them. */
  public FakeFaults faults() {
    return parts.faults();
  }

  /** The bridges in the sandboxes, and their faults. */
  public FakeBridges bridges() {
    return parts.bridges();
  }

  public FakeRegistry registry() {
    return parts.registry();
  }

  /** Loses the record of a container and leaves its layer, as a crash of an engine can. */
  public void lose(String containerId) {
    parts.engine().lose(containerId);
  }

  /** Delivers an event to all listeners. */
  public void emit(RuntimeEvent event) {
    parts.engine().events().emit(event);
  }

  /** Ends all tasks and removes all files. */
  public void destroy() {
    close();
    parts.engine().close();
    try {
      FileTree.delete(parts.directory());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public RuntimeInfo info() {
    return new RuntimeInfo(
        NAME, "1", Set.of(Capability.IMAGES, Capability.NETWORKS, Capability.DETACHED_LAYERS));
  }

  @Override
  public StateDirectory stateDirectory() {
    return parts.state();
  }

  @Override
  public void ping() {
    gate.enter("ping", "");
  }

  @Override
  public Images images() {
    return images;
  }

  @Override
  public Containers containers() {
    return containers;
  }

  @Override
  public Tasks tasks() {
    return tasks;
  }

  @Override
  public Networks networks() {
    return networks;
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  @Override
  public Optional<Metrics> metrics() {
    return Optional.of(stats);
  }

  @Override
  public Optional<Pause> pause() {
    return Optional.of(stats);
  }

  @Override
  public Subscription watch(Consumer<RuntimeEvent> listener) {
    gate.enter("watch", "");
    return parts.engine().events().subscribe(event -> deliver(listener, event));
  }

  private void deliver(Consumer<RuntimeEvent> listener, RuntimeEvent event) {
    if (!gate.closed()) {
      listener.accept(event);
    }
  }

  @Override
  public void close() {
    gate.close();
  }

  /** Collects what a fake starts with. Not thread-safe. */
  public static final class Builder {
    private static final int ADDRESSES = 1000;

    private final Map<String, FakeCommand> commands = new LinkedHashMap<>();
    private final FakeRegistry registry = new FakeRegistry();
    private int addresses = ADDRESSES;

    private Builder() {
      registry.publish(IMAGE, IMAGE);
    }

    /**
     * Adds a program to all images, or replaces one.
     *
     * @param name without a directory; it is found in any
     */
    public Builder command(String name, FakeCommand command) {
      commands.put(name, command);
      return this;
    }

    /** Publishes an image in the registry. */
    public Builder image(String reference) {
      registry.publish(reference, reference);
      return this;
    }

    /** How many tasks can have an address at a time. Default: 1000. */
    public Builder addresses(int count) {
      addresses = count;
      return this;
    }

    /** Opens the fake on a new engine. */
    public FakeSandboxRuntime build() {
      try {
        Path directory = Files.createTempDirectory("warren-fake").toRealPath();
        FakeEngine engine = new FakeEngine(directory, addresses);
        Misbehaviour answers = new Misbehaviour();
        BridgeProgram bridge = new BridgeProgram(engine.commands(), answers, engine::publish);
        engine.register("bridge", bridge);
        commands.forEach(engine::register);
        return new FakeSandboxRuntime(
            new Parts(
                engine,
                new FakeFaults(),
                registry,
                new FakeBridges(bridge, answers),
                FakeSnapshots.none(),
                StateDirectory.at(directory.resolve("state")),
                directory));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package dev.warren.docker;

import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.docker.internal.client.HostSharing;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.ContainerParts;
import dev.warren.docker.internal.container.DockerContainers;
import dev.warren.docker.internal.container.NewContainers;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.container.StartCheck;
import dev.warren.docker.internal.event.EventFeed;
import dev.warren.docker.internal.image.DockerImages;
import dev.warren.docker.internal.network.DockerNetworks;
import dev.warren.docker.internal.network.NetworkPlan;
import dev.warren.docker.internal.network.SandboxNetworks;
import dev.warren.docker.internal.network.Subnet;
import dev.warren.docker.internal.snapshot.DockerSnapshots;
import dev.warren.docker.internal.task.DockerMetrics;
import dev.warren.docker.internal.task.DockerPause;
import dev.warren.docker.internal.task.DockerTasks;
import dev.warren.docker.internal.task.LiveTasks;
import dev.warren.docker.internal.task.TaskLogs;
import dev.warren.spi.Containers;
import dev.warren.spi.HostPaths;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Puts the parts of a runtime together, and ends them. */
final class RuntimeAssembly implements AutoCloseable {
  private final RuntimeSettings settings;
  private final DockerEngine engine;
  private final RuntimeInfo info;
  private final DockerImages images;
  private final DockerContainers containers;
  private final DockerTasks tasks;
  private final DockerNetworks networks;
  private final DockerSnapshots snapshots;
  private final DockerMetrics metrics;
  private final DockerPause pause;
  private final EventFeed events;

  private RuntimeAssembly(
      RuntimeSettings settings,
      DockerEngine engine,
      EngineFacts facts,
      Subnet subnet,
      boolean sharedHost) {
    this.settings = settings;
    this.engine = engine;
    this.info =
        new RuntimeInfo(DockerRuntime.NAME, engine.version().text(), capabilities(sharedHost));
    Ownership owner = new Ownership(settings.owner());
    ContainerLookup lookup = new ContainerLookup(engine, owner);
    HostPaths paths = HostPaths.protecting(settings.stateDirectory(), own(settings, facts));
    NetworkPlan plan = new NetworkPlan(settings.network(), subnet, sharedHost);
    SandboxNetworks sandboxNetworks = new SandboxNetworks(engine, plan);
    NewContainers maker =
        ContainerParts.maker(
            engine,
            facts,
            owner,
            lookup,
            paths,
            plan,
            // Docker wants a network at the start only, Podman as soon as a container names it.
            engine.version().podman() ? sandboxNetworks::ensure : mode -> {},
            settings.stateDirectory());
    LiveTasks live = new LiveTasks(lookup);
    TaskLogs logs = new TaskLogs(engine);
    this.images = new DockerImages(engine, settings.registries());
    this.networks =
        new DockerNetworks(engine, lookup, live, sandboxNetworks, plan, settings.publishedHost());
    this.snapshots =
        new DockerSnapshots(
            engine,
            owner,
            lookup,
            maker,
            facts.containerdStore(),
            () -> settings.stateDirectory().directory("docker"));
    this.containers =
        new DockerContainers(
            engine,
            owner,
            lookup,
            maker,
            images::engineName,
            gone -> {
              logs.forget(gone.getId());
              snapshots.forget(gone);
            });
    this.tasks =
        new DockerTasks(
            engine,
            lookup,
            containers,
            sandboxNetworks,
            networks,
            new StartCheck(paths),
            logs,
            sharedHost);
    this.metrics = new DockerMetrics(engine, live);
    this.pause = new DockerPause(engine, live);
    this.events = new EventFeed(engine);
  }

  private static Set<Capability> capabilities(boolean sharedHost) {
    Set<Capability> all = EnumSet.allOf(Capability.class);
    all.remove(Capability.DETACHED_LAYERS); // a container and its layer come and go together
    if (!sharedHost) {
      all.remove(Capability.SHARED_HOST);
    }
    return all;
  }

  /** What of this host is the engine's. */
  private static List<Path> own(RuntimeSettings settings, EngineFacts facts) {
    List<Path> paths = new ArrayList<>();
    if (settings.endpoint().isUnix()) {
      paths.add(settings.endpoint().socket());
    }
    facts.dataDirectory().map(Path::of).ifPresent(paths::add);
    return paths;
  }

  static RuntimeAssembly open(RuntimeSettings settings) {
    Subnet subnet = Subnet.parse(settings.subnet());
    DockerEngine engine = DockerEngine.open(settings.endpoint());
    try {
      EngineFacts facts = EngineFacts.of(engine);
      boolean sharedHost =
          settings
              .sharedHost()
              .orElseGet(() -> HostSharing.ofThisHost().with(settings.endpoint(), facts));
      return new RuntimeAssembly(settings, engine, facts, subnet, sharedHost);
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  RuntimeInfo info() {
    return info;
  }

  StateDirectory stateDirectory() {
    return settings.stateDirectory();
  }

  void ping() {
    engine.ping();
  }

  Images images() {
    return images;
  }

  Containers containers() {
    return containers;
  }

  Tasks tasks() {
    return tasks;
  }

  Networks networks() {
    return networks;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  Metrics metrics() {
    return metrics;
  }

  Pause pause() {
    return pause;
  }

  SandboxRuntime.Subscription watch(Consumer<RuntimeEvent> listener) {
    return events.watch(listener);
  }

  @Override
  public void close() {
    events.close();
    images.close();
    engine.close();
  }
}

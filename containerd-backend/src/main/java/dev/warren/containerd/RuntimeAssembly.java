package dev.warren.containerd;

import com.google.protobuf.Empty;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.api.namespaces.CreateNamespaceRequest;
import dev.warren.containerd.internal.api.namespaces.Namespace;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.ContainerdVersion;
import dev.warren.containerd.internal.container.ContainerFiles;
import dev.warren.containerd.internal.container.ContainerMaker;
import dev.warren.containerd.internal.container.ContainerRecords;
import dev.warren.containerd.internal.container.ContainerdContainers;
import dev.warren.containerd.internal.container.StartPreparation;
import dev.warren.containerd.internal.container.WritableLayers;
import dev.warren.containerd.internal.event.EventFeed;
import dev.warren.containerd.internal.image.ContainerdImages;
import dev.warren.containerd.internal.image.registry.RegistrySettings;
import dev.warren.containerd.internal.network.Attachments;
import dev.warren.containerd.internal.network.ContainerdNetworks;
import dev.warren.containerd.internal.oci.HostCgroups;
import dev.warren.containerd.internal.oci.RuntimeSpec;
import dev.warren.containerd.internal.snapshot.ContainerdSnapshots;
import dev.warren.containerd.internal.task.ContainerdMetrics;
import dev.warren.containerd.internal.task.ContainerdPause;
import dev.warren.containerd.internal.task.ContainerdTasks;
import dev.warren.containerd.internal.task.TaskCalls;
import dev.warren.containerd.internal.task.TaskLogs;
import dev.warren.spi.Containers;
import dev.warren.spi.HostPaths;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of a runtime together, and ends them. */
final class RuntimeAssembly implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RuntimeAssembly.class);
  private static final String SNAPSHOTTERS = "io.containerd.snapshotter.v1";
  private static final int LOG_SECONDS = 2;

  private final RuntimeSettings settings;
  private final ContainerdClient client;
  private final RuntimeInfo info;
  private final ScheduledExecutorService scheduler;
  private final ExecutorService readers;
  private final EventFeed events;
  private final ContainerdImages images;
  private final ContainerdContainers containers;
  private final ContainerdTasks tasks;
  private final ContainerdNetworks networks;
  private final ContainerdSnapshots snapshots;
  private final ContainerdMetrics metrics;
  private final ContainerdPause pause;
  private final Attachments attachments;
  private final TaskCalls calls;
  private final Future<?> trimming;

  private RuntimeAssembly(
      RuntimeSettings settings, ContainerdClient client, ContainerdVersion version, String owner) {
    this.settings = settings;
    this.client = client;
    this.info =
        new RuntimeInfo(
            ContainerdRuntime.NAME, version.text(), EnumSet.allOf(RuntimeInfo.Capability.class));
    this.scheduler = Executors.newSingleThreadScheduledExecutor(Daemons.named("scheduler"));
    this.readers = Executors.newCachedThreadPool(Daemons.named("cni"));
    String snapshotter = settings.snapshotter();
    HostCgroups cgroups = HostCgroups.ofThisHost();
    HostPaths paths =
        HostPaths.protecting(
            settings.stateDirectory(), List.of(settings.socket(), parent(settings.socket())));
    this.images =
        new ContainerdImages(
            client, snapshotter, RegistrySettings.standard(), ContainerdImages.Path.AUTOMATIC);
    ContainerFiles files = new ContainerFiles(settings.stateDirectory(), owner);
    ContainerRecords records = new ContainerRecords(client);
    WritableLayers layers = new WritableLayers(client, snapshotter);
    RuntimeSpec specs = RuntimeSpec.forThisHost(settings.namespace(), cgroups);
    ContainerMaker maker =
        new ContainerMaker(
            client, snapshotter, records, layers, images.store(), specs, files, paths);
    this.calls = new TaskCalls(client, cgroups);
    this.snapshots = new ContainerdSnapshots(client, snapshotter, records, layers, maker, calls);
    StartPreparation preparation =
        new StartPreparation(records, layers, files, paths, snapshots::heal);
    this.attachments = new Attachments(settings.cni(), files, owner, readers);
    TaskLogs logs = new TaskLogs(files);
    this.tasks = new ContainerdTasks(client, calls, preparation, attachments, logs);
    this.containers = new ContainerdContainers(records, layers, maker, files, tasks::discard);
    this.networks = new ContainerdNetworks(calls, preparation, attachments);
    this.metrics = new ContainerdMetrics(client, calls);
    this.pause = new ContainerdPause(calls);
    this.events = EventFeed.of(client, scheduler, calls::exit);
    this.trimming =
        scheduler.scheduleWithFixedDelay(logs::trim, LOG_SECONDS, LOG_SECONDS, TimeUnit.SECONDS);
  }

  /** The socket's directory is the daemon's own, unless it is a place that many share. */
  private static Path parent(Path socket) {
    Path directory = socket.getParent();
    return directory == null || directory.getNameCount() < 2 ? socket : directory;
  }

  static RuntimeAssembly open(RuntimeSettings settings) {
    ContainerdClient client = ContainerdClient.open(settings.socket(), settings.namespace());
    try {
      ContainerdVersion version = client.version();
      if (!client.hasPlugin(SNAPSHOTTERS, settings.snapshotter())) {
        throw SandboxException.of(Code.UNSUPPORTED, "open runtime", settings.snapshotter())
            .backend(ContainerdErrors.BACKEND)
            .detail("the daemon has no such snapshotter, or could not start it")
            .remedy("choose one that 'ctr plugins ls' shows as ok")
            .build();
      }
      makeNamespace(client, settings.namespace());
      String owner = EngineOwner.name(client, settings.namespace());
      RuntimeAssembly assembly = new RuntimeAssembly(settings, client, version, owner);
      assembly.repairNetworks();
      return assembly;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static void makeNamespace(ContainerdClient client, String name) {
    CreateNamespaceRequest request =
        CreateNamespaceRequest.newBuilder()
            .setNamespace(Namespace.newBuilder().setName(name))
            .build();
    client.call(
        "make namespace",
        name,
        () -> {
          try {
            return client.stubs().namespaces().create(request);
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isAlreadyExists(e)) {
              return null;
            }
            throw e;
          }
        });
  }

  private void repairNetworks() {
    try {
      Set<String> live =
          calls.list().stream()
              .filter(task -> task.status() != TaskInfo.Status.STOPPED)
              .map(TaskInfo::id)
              .collect(Collectors.toSet());
      attachments.repair(live);
    } catch (SandboxException e) {
      log.warn("the networks of ended tasks were not released: {}", e.getMessage());
    }
  }

  RuntimeInfo info() {
    return info;
  }

  StateDirectory stateDirectory() {
    return settings.stateDirectory();
  }

  void ping() {
    client.call("ping", "", () -> client.stubs().version().version(Empty.getDefaultInstance()));
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
    trimming.cancel(false);
    images.close();
    scheduler.shutdownNow();
    client.close();
    readers.shutdown();
  }
}

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
import dev.warren.containerd.internal.client.HostCgroups;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerMaker;
import dev.warren.containerd.internal.container.ContainerRecords;
import dev.warren.containerd.internal.container.KeptSnapshots;
import dev.warren.containerd.internal.container.StartPreparation;
import dev.warren.containerd.internal.container.WritableLayers;
import dev.warren.containerd.internal.event.EventFeed;
import dev.warren.containerd.internal.files.ContainerFiles;
import dev.warren.containerd.internal.image.ContainerdImages;
import dev.warren.containerd.internal.lifecycle.ContainerRemoval;
import dev.warren.containerd.internal.lifecycle.ContainerdContainers;
import dev.warren.containerd.internal.network.Attachments;
import dev.warren.containerd.internal.network.ContainerdNetworks;
import dev.warren.containerd.internal.oci.RuntimeSpec;
import dev.warren.containerd.internal.registry.Registries;
import dev.warren.containerd.internal.snapshot.ContainerdSnapshots;
import dev.warren.containerd.internal.task.ContainerdMetrics;
import dev.warren.containerd.internal.task.ContainerdPause;
import dev.warren.containerd.internal.task.ContainerdTasks;
import dev.warren.containerd.internal.task.TaskLogs;
import dev.warren.engine.internal.check.OpenCheck;
import dev.warren.engine.internal.thread.DaemonThreads;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs sandboxes with containerd, 1.6 and later, over its own API. It needs the rights to use the
 * daemon's socket, and root for networks. Thread-safe.
 *
 * <pre>{@code
 * try (SandboxRuntime runtime = ContainerdRuntime.builder().namespace("my-service").build()) {
 *   …
 * }
 * }</pre>
 */
public final class ContainerdRuntime implements SandboxRuntime {
  /** How this runtime is called. */
  public static final String NAME = "containerd";

  private static final Logger log = LoggerFactory.getLogger(ContainerdRuntime.class);
  private static final String SNAPSHOTTERS = "io.containerd.snapshotter.v1";
  private static final int LOG_SECONDS = 2;

  private final OpenCheck open = new OpenCheck(NAME);
  private final StateDirectory stateDirectory;
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
  private final Future<?> trimming;

  private ContainerdRuntime(
      Builder settings,
      Registries registries,
      ContainerdClient client,
      ContainerdVersion version,
      String owner) {
    this.stateDirectory = settings.stateDirectory;
    this.client = client;
    this.info = new RuntimeInfo(NAME, version.text(), EnumSet.allOf(RuntimeInfo.Capability.class));
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            DaemonThreads.named("warren-containerd-scheduler"));
    this.readers = Executors.newCachedThreadPool(DaemonThreads.named("warren-containerd-cni"));
    String snapshotter = settings.snapshotter;
    HostCgroups cgroups = HostCgroups.ofThisHost();
    Path socket = settings.socket.toAbsolutePath();
    HostPaths paths = HostPaths.protecting(stateDirectory, List.of(socket, parent(socket)));
    TaskCalls calls = new TaskCalls(client, cgroups);
    this.images =
        new ContainerdImages(client, snapshotter, registries, ContainerdImages.PullMode.AUTOMATIC);
    ContainerFiles files = new ContainerFiles(stateDirectory, owner);
    ContainerRecords records = new ContainerRecords(client);
    WritableLayers layers = new WritableLayers(client, snapshotter);
    KeptSnapshots kept = new KeptSnapshots(client, snapshotter, layers);
    RuntimeSpec specs = RuntimeSpec.forThisHost(settings.namespace, cgroups);
    ContainerMaker maker =
        new ContainerMaker(
            client, snapshotter, records, layers, images.store(), specs, files, paths);
    StartPreparation preparation = new StartPreparation(records, layers, files, paths, kept);
    Attachments attachments = new Attachments(settings.cni.settings(), files, owner, readers);
    this.networks = new ContainerdNetworks(calls, preparation, attachments);
    TaskLogs logs = new TaskLogs(files);
    this.tasks = new ContainerdTasks(client, calls, preparation, attachments, networks, logs);
    this.metrics = new ContainerdMetrics(client, calls);
    this.pause = new ContainerdPause(calls);
    this.snapshots = new ContainerdSnapshots(client, records, layers, maker, kept, calls);
    this.containers =
        new ContainerdContainers(
            records, maker, new ContainerRemoval(records, layers, files, calls, networks));
    this.events = EventFeed.of(client, calls, scheduler);
    this.trimming =
        scheduler.scheduleWithFixedDelay(logs::trim, LOG_SECONDS, LOG_SECONDS, TimeUnit.SECONDS);
    repair(calls, attachments);
  }

  /** The socket's directory is the daemon's own, unless it is a place that many share. */
  private static Path parent(Path socket) {
    Path directory = socket.getParent();
    return directory == null || directory.getNameCount() < 2 ? socket : directory;
  }

  private static ContainerdRuntime open(Builder settings, Registries registries) {
    ContainerdClient client =
        ContainerdClient.open(settings.socket.toAbsolutePath(), settings.namespace);
    try {
      ContainerdVersion version = client.version();
      if (!client.hasPlugin(SNAPSHOTTERS, settings.snapshotter)) {
        throw SandboxException.of(Code.UNSUPPORTED, "open runtime", settings.snapshotter)
            .backend(ContainerdErrors.BACKEND)
            .detail("the daemon has no such snapshotter, or could not start it")
            .remedy("choose one that 'ctr plugins ls' shows as ok")
            .build();
      }
      makeNamespace(client, settings.namespace);
      String owner = EngineOwner.name(client, settings.namespace);
      return new ContainerdRuntime(settings, registries, client, version, owner);
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

  /** Releases the networks of tasks that ended while nobody watched. */
  private static void repair(TaskCalls calls, Attachments attachments) {
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

  /** Starts with the defaults that the builder's methods name. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public RuntimeInfo info() {
    return info;
  }

  @Override
  public StateDirectory stateDirectory() {
    return stateDirectory;
  }

  @Override
  public void ping() {
    client.call("ping", "", () -> client.stubs().version().version(Empty.getDefaultInstance()));
  }

  @Override
  public Images images() {
    return open.require(images);
  }

  @Override
  public Containers containers() {
    return open.require(containers);
  }

  @Override
  public Tasks tasks() {
    return open.require(tasks);
  }

  @Override
  public Networks networks() {
    return open.require(networks);
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(snapshots);
  }

  @Override
  public Optional<Metrics> metrics() {
    return Optional.of(metrics);
  }

  @Override
  public Optional<Pause> pause() {
    return Optional.of(pause);
  }

  @Override
  public Subscription watch(Consumer<RuntimeEvent> listener) {
    return open.require(events).watch(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public void close() {
    open.close();
    events.close();
    trimming.cancel(false);
    images.close();
    scheduler.shutdownNow();
    client.close();
    readers.shutdown();
  }

  @Override
  public String toString() {
    return "ContainerdRuntime[" + info.version() + "]";
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
    private static final Path SOCKET = Path.of("/run/containerd/containerd.sock");

    private Path socket = standardSocket();
    private String namespace = "warren";
    private String snapshotter = "overlayfs";
    private CniOptions cni = CniOptions.defaults();
    private RegistryOptions registries = RegistryOptions.defaults();
    private StateDirectory stateDirectory = StateDirectory.standard();

    private Builder() {}

    static Path standardSocket() {
      String configured = System.getenv("CONTAINERD_ADDRESS");
      if (configured == null || configured.isBlank()) {
        return SOCKET;
      }
      return Path.of(configured.startsWith("unix://") ? configured.substring(7) : configured);
    }

    /** Default: {@code $CONTAINERD_ADDRESS}, else {@code /run/containerd/containerd.sock}. */
    public Builder socket(Path value) {
      socket = value;
      return this;
    }

    /**
     * Default: {@code warren}. Namespaces see nothing of one another; it is made when it is
     * missing.
     */
    public Builder namespace(String value) {
      namespace = value;
      return this;
    }

    /** Default: {@code overlayfs}. */
    public Builder snapshotter(String value) {
      snapshotter = value;
      return this;
    }

    /** Default: {@link CniOptions#defaults()}. */
    public Builder cni(CniOptions value) {
      cni = value;
      return this;
    }

    /** Default: {@link RegistryOptions#defaults()}. */
    public Builder registries(RegistryOptions value) {
      registries = value;
      return this;
    }

    /** Default: {@link StateDirectory#standard()}. */
    public Builder stateDirectory(StateDirectory value) {
      stateDirectory = value;
      return this;
    }

    /**
     * Connects to the daemon, and releases the networks of tasks that ended while nobody watched.
     *
     * @throws SandboxException {@code UNAVAILABLE}, {@code PERMISSION_DENIED}; {@code UNSUPPORTED}
     *     for daemons older than 1.6 and snapshotters that the daemon does not have; {@code
     *     INVALID_ARGUMENT}, also for mirrors and certificates that cannot be used
     */
    public ContainerdRuntime build() {
      require(NAMESPACE.matcher(namespace).matches() && namespace.length() <= 76, namespace);
      require(NAMESPACE.matcher(snapshotter).matches(), snapshotter);
      return open(this, new Registries(registries.settings().checked()));
    }

    private static void require(boolean condition, String subject) {
      if (!condition) {
        throw SandboxException.invalid(
            "open runtime",
            "'" + subject + "'",
            "names are ASCII letters and digits with single '.', '_' or '-' between them");
      }
    }
  }
}

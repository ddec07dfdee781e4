package dev.warren.docker;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.Endpoint;
import dev.warren.docker.internal.client.EngineAddress;
import dev.warren.docker.internal.client.EngineFacts;
import dev.warren.docker.internal.client.HostSharing;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.ContainerMaker;
import dev.warren.docker.internal.container.DockerContainers;
import dev.warren.docker.internal.container.LiveTasks;
import dev.warren.docker.internal.container.LogMarks;
import dev.warren.docker.internal.container.NetworkPlan;
import dev.warren.docker.internal.container.Ownership;
import dev.warren.docker.internal.container.SandboxNetworks;
import dev.warren.docker.internal.container.StartCheck;
import dev.warren.docker.internal.container.Subnet;
import dev.warren.docker.internal.container.TemporaryImages;
import dev.warren.docker.internal.event.EventFeed;
import dev.warren.docker.internal.image.DockerImages;
import dev.warren.docker.internal.network.DockerNetworks;
import dev.warren.docker.internal.snapshot.DockerSnapshots;
import dev.warren.docker.internal.task.DockerMetrics;
import dev.warren.docker.internal.task.DockerPause;
import dev.warren.docker.internal.task.DockerTasks;
import dev.warren.docker.internal.task.TaskLogs;
import dev.warren.engine.internal.check.OpenCheck;
import dev.warren.engine.internal.login.DockerLogins;
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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Runs sandboxes with Docker 20.10 and later, here or on another host, over the Engine API. Whoever
 * may use an engine can become root on its host; Warren needs no more rights than that.
 * Thread-safe.
 *
 * <pre>{@code
 * try (SandboxRuntime runtime = DockerRuntime.builder().owner("my-service").build()) {
 *   …
 * }
 * }</pre>
 */
public final class DockerRuntime implements SandboxRuntime {
  /** How this runtime is called. */
  public static final String NAME = "docker";

  private final OpenCheck open = new OpenCheck(NAME);
  private final StateDirectory stateDirectory;
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

  /** Puts the parts together, each with those below it. */
  private DockerRuntime(Builder settings, DockerEngine engine, Subnet subnet) {
    this.stateDirectory = settings.stateDirectory;
    this.engine = engine;
    EngineFacts facts = EngineFacts.of(engine);
    boolean sharedHost =
        settings.sharedHost.orElseGet(
            () -> HostSharing.ofThisHost().with(engine.endpoint(), facts));
    this.info = new RuntimeInfo(NAME, engine.version().text(), capabilities(sharedHost));
    this.images =
        new DockerImages(
            engine,
            settings.registries.mirrors(),
            settings.registries.dockerConfig().orElseGet(DockerLogins::userFile));
    Ownership owner = new Ownership(settings.owner);
    ContainerLookup lookup = new ContainerLookup(engine, owner);
    HostPaths paths = HostPaths.protecting(stateDirectory, own(engine.endpoint(), facts));
    NetworkPlan plan = new NetworkPlan(settings.network, subnet, sharedHost);
    SandboxNetworks sandboxNetworks = new SandboxNetworks(engine, plan);
    ContainerMaker maker =
        new ContainerMaker(
            engine, facts, owner, lookup, paths, plan, sandboxNetworks, stateDirectory);
    TemporaryImages temporary = new TemporaryImages(engine, owner);
    LogMarks marks = new LogMarks();
    this.containers = new DockerContainers(engine, owner, lookup, maker, images, temporary, marks);
    LiveTasks live = new LiveTasks(lookup);
    this.networks =
        new DockerNetworks(
            engine, lookup, live, sandboxNetworks, plan, settings.publishedHost(engine.endpoint()));
    this.tasks =
        new DockerTasks(
            engine,
            lookup,
            containers,
            sandboxNetworks,
            networks,
            new StartCheck(paths),
            new TaskLogs(engine, marks),
            sharedHost);
    this.metrics = new DockerMetrics(engine, live);
    this.pause = new DockerPause(engine, live);
    this.snapshots =
        new DockerSnapshots(
            engine,
            owner,
            lookup,
            maker,
            temporary,
            facts.containerdStore(),
            () -> stateDirectory.directory("docker"));
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
  private static List<Path> own(Endpoint endpoint, EngineFacts facts) {
    List<Path> paths = new ArrayList<>();
    if (endpoint.isUnix()) {
      paths.add(endpoint.socket());
    }
    facts.dataDirectory().map(Path::of).ifPresent(paths::add);
    return paths;
  }

  /** Starts with the defaults that the builder's methods name. */
  public static Builder builder() {
    return new Builder(System.getenv());
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
    engine.ping();
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
    images.close();
    engine.close();
  }

  @Override
  public String toString() {
    return "DockerRuntime[" + info().version() + "]";
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
    private static final int MAX_NAME = 48;

    private String address;
    private Optional<Endpoint.TlsFiles> tls;
    private boolean insecureTcp;
    private String owner = "warren";
    private String network = "warren";
    private String subnet = "10.214.0.0/16";
    private Optional<Boolean> sharedHost = Optional.empty();
    private Optional<String> publishedHost = Optional.empty();
    private RegistryOptions registries = RegistryOptions.defaults();
    private StateDirectory stateDirectory = StateDirectory.standard();

    Builder(Map<String, String> environment) {
      address = EngineAddress.of(environment);
      tls = EngineAddress.tlsOf(environment);
    }

    /**
     * The engine's address, {@code unix:///…} or {@code tcp://host:port}. Default: {@code
     * $DOCKER_HOST} with the TLS files of {@code $DOCKER_CERT_PATH}, else {@code
     * /var/run/docker.sock}. Forgets TLS files set before.
     */
    public Builder endpoint(String value) {
      address = value;
      tls = Optional.empty();
      return this;
    }

    /**
     * Speaks TLS over TCP, with PEM files: the authority that signed the engine's certificate, and
     * this client's certificate and key. The engine's name is checked.
     */
    public Builder tls(Path authority, Path certificate, Path key) {
      tls = Optional.of(new Endpoint.TlsFiles(authority, certificate, key));
      return this;
    }

    /**
     * Insecure: speaks TCP without TLS. Everybody on the way, and everybody who reaches the port,
     * can become root on the engine's host.
     */
    public Builder insecureTcp() {
      insecureTcp = true;
      return this;
    }

    /**
     * Whose containers are to be managed; all others are listed and never changed. It is a label,
     * since the engine has no namespaces. Default: {@code warren}.
     */
    public Builder owner(String value) {
      owner = value;
      return this;
    }

    /**
     * Begins the names of the engine's networks that sandboxes are attached to; those are made when
     * the first sandbox needs them, and stay. Owners may share them. Default: {@code warren}.
     */
    public Builder network(String value) {
      network = value;
      return this;
    }

    /**
     * IPv4, of /8 to /26: its first half for isolated sandboxes of an engine on this host, a
     * quarter each for those with a way out and for isolated ones of an engine elsewhere. Default:
     * {@code 10.214.0.0/16}.
     */
    public Builder subnet(String value) {
      subnet = value;
      return this;
    }

    /**
     * Whether the engine shares this host's files and process ids. Default: found out from who
     * listens on a unix socket; over TCP it does not.
     */
    public Builder sharedHost(boolean value) {
      sharedHost = Optional.of(value);
      return this;
    }

    /**
     * The name or address at which this host reaches ports that the engine publishes; used where
     * the host is not shared. Default: the host of the TCP address, else {@code 127.0.0.1}.
     */
    public Builder publishedHost(String value) {
      publishedHost = Optional.of(value);
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
     * Connects to the engine. Nothing is changed there.
     *
     * @throws SandboxException {@code UNAVAILABLE}, {@code PERMISSION_DENIED}; {@code UNSUPPORTED}
     *     for engines older than 20.10; {@code INVALID_ARGUMENT}
     */
    public DockerRuntime build() {
      requireName(owner);
      requireName(network);
      Endpoint endpoint = endpoint();
      Subnet addresses = Subnet.parse(subnet);
      DockerEngine engine = DockerEngine.open(endpoint);
      try {
        return new DockerRuntime(this, engine, addresses);
      } catch (RuntimeException e) {
        engine.close();
        throw e;
      }
    }

    private String publishedHost(Endpoint endpoint) {
      return publishedHost.orElseGet(() -> endpoint.isUnix() ? "127.0.0.1" : endpoint.host());
    }

    Endpoint endpoint() {
      return Endpoint.of(address, tls, insecureTcp);
    }

    private static void requireName(String value) {
      if (value.length() > MAX_NAME || !NAME.matcher(value).matches()) {
        throw SandboxException.invalid(
            "open runtime",
            "'" + value + "'",
            "names are ASCII letters and digits with single '.', '_' or '-' between them, at most "
                + MAX_NAME);
      }
    }
  }
}

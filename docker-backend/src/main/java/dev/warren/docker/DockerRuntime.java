package dev.warren.docker;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import dev.warren.docker.internal.client.Endpoint;
import dev.warren.docker.internal.client.EngineAddress;
import dev.warren.spi.Containers;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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

  private final RuntimeAssembly assembly;
  private volatile boolean closed;

  private DockerRuntime(RuntimeAssembly assembly) {
    this.assembly = assembly;
  }

  /** Starts with the defaults that the builder's methods name. */
  public static Builder builder() {
    return new Builder(System.getenv());
  }

  @Override
  public RuntimeInfo info() {
    return assembly.info();
  }

  @Override
  public StateDirectory stateDirectory() {
    return assembly.stateDirectory();
  }

  @Override
  public void ping() {
    assembly.ping();
  }

  @Override
  public Images images() {
    ensureOpen();
    return assembly.images();
  }

  @Override
  public Containers containers() {
    ensureOpen();
    return assembly.containers();
  }

  @Override
  public Tasks tasks() {
    ensureOpen();
    return assembly.tasks();
  }

  @Override
  public Networks networks() {
    ensureOpen();
    return assembly.networks();
  }

  @Override
  public Optional<Snapshots> snapshots() {
    return Optional.of(assembly.snapshots());
  }

  @Override
  public Optional<Metrics> metrics() {
    return Optional.of(assembly.metrics());
  }

  @Override
  public Optional<Pause> pause() {
    return Optional.of(assembly.pause());
  }

  @Override
  public Subscription watch(Consumer<RuntimeEvent> listener) {
    ensureOpen();
    return assembly.watch(Objects.requireNonNull(listener, "listener"));
  }

  @Override
  public void close() {
    closed = true;
    assembly.close();
  }

  private void ensureOpen() {
    if (closed) {
      throw SandboxException.of(SandboxException.Code.CLOSED, "use runtime", "")
          .backend(info().name())
          .detail("it was closed")
          .build();
    }
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
    private RegistryOptions registries = RegistryOptions.standard();
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

    /** Default: {@link RegistryOptions#standard()}. */
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
      String published =
          publishedHost.orElseGet(() -> endpoint.isUnix() ? "127.0.0.1" : endpoint.host());
      return new DockerRuntime(
          RuntimeAssembly.open(
              new RuntimeSettings(
                  endpoint,
                  owner,
                  network,
                  subnet,
                  sharedHost,
                  published,
                  registries,
                  stateDirectory)));
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

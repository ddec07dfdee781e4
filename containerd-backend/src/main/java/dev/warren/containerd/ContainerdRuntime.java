package dev.warren.containerd;

import dev.warren.SandboxException;
import dev.warren.StateDirectory;
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
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

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

  private final RuntimeAssembly assembly;
  private volatile boolean closed;

  private ContainerdRuntime(RuntimeAssembly assembly) {
    this.assembly = assembly;
  }

  /** Starts with the defaults that the builder's methods name. */
  public static Builder builder() {
    return new Builder();
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
    return "ContainerdRuntime[" + info().version() + "]";
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
    private static final Path SOCKET = Path.of("/run/containerd/containerd.sock");

    private Path socket = standardSocket();
    private String namespace = "warren";
    private String snapshotter = "overlayfs";
    private CniOptions cni = CniOptions.standard();
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

    /** Default: {@link CniOptions#standard()}. */
    public Builder cni(CniOptions value) {
      cni = value;
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
     *     INVALID_ARGUMENT}
     */
    public ContainerdRuntime build() {
      require(NAMESPACE.matcher(namespace).matches() && namespace.length() <= 76, namespace);
      require(NAMESPACE.matcher(snapshotter).matches(), snapshotter);
      return new ContainerdRuntime(
          RuntimeAssembly.open(
              new RuntimeSettings(
                  socket.toAbsolutePath(), namespace, snapshotter, cni, stateDirectory)));
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

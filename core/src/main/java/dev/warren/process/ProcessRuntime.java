package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.internal.connection.BridgeBinary;
import dev.warren.spi.Containers;
import dev.warren.spi.EventHub;
import dev.warren.spi.Images;
import dev.warren.spi.Networks;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.Tasks;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The embedded runtime: a container is a directory, and its task a process tree of this host.
 *
 * <p><b>It isolates nothing.</b> What runs in a sandbox runs as the user of this JVM, sees all its
 * files and its network, and has no limits. It is for the first steps, for tests and for laptops.
 * Apart from that it is the real thing: the same bridge, the same protocol, and sandboxes that
 * outlive the JVM.
 *
 * <p>Images are not used: commands are those of the host. {@code /data} is a directory of the
 * container, and paths below it work in the file API and as the working directory; commands see it
 * at another place.
 *
 * <p>Thread-safe.
 */
public final class ProcessRuntime implements SandboxRuntime {
  static final String NAME = "process";

  private final StateDirectory stateDirectory;
  private final ContainerStore store;
  private final EventHub events = new EventHub("warren-process-events");
  private final ProcessContainers containers;
  private final ProcessTasks tasks;
  private final ProcessNetworks networks;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ProcessRuntime(StateDirectory stateDirectory) {
    this.stateDirectory = stateDirectory;
    this.store = new ContainerStore(stateDirectory);
    this.tasks =
        new ProcessTasks(
            store, () -> BridgeBinary.extract(stateDirectory), events, this::ensureOpen);
    this.containers = new ProcessContainers(store, tasks, events, this::ensureOpen);
    this.networks = new ProcessNetworks(store, tasks, this::ensureOpen);
  }

  /**
   * Opens it over a state directory; several JVMs may share one.
   *
   * @throws SandboxException {@code UNSUPPORTED} where there is no Linux
   */
  public static ProcessRuntime open(StateDirectory stateDirectory) {
    if (new ProcessRuntimeProvider().probe()
        instanceof SandboxRuntimeProvider.Availability.Unavailable unavailable) {
      throw SandboxException.of(Code.UNSUPPORTED, "open runtime", NAME)
          .detail(unavailable.reason())
          .build();
    }
    return new ProcessRuntime(stateDirectory);
  }

  @Override
  public RuntimeInfo info() {
    return new RuntimeInfo(
        NAME, System.getProperty("os.version", ""), Set.of(Capability.SHARED_HOST));
  }

  @Override
  public StateDirectory stateDirectory() {
    return stateDirectory;
  }

  @Override
  public void ping() {
    ensureOpen();
  }

  @Override
  public Images images() {
    ensureOpen();
    return ProcessImages.NONE;
  }

  @Override
  public Containers containers() {
    ensureOpen();
    return containers;
  }

  @Override
  public Tasks tasks() {
    ensureOpen();
    return tasks;
  }

  @Override
  public Networks networks() {
    ensureOpen();
    return networks;
  }

  @Override
  public Subscription watch(Consumer<RuntimeEvent> listener) {
    ensureOpen();
    Subscription subscription = events.subscribe(listener);
    tasks.watchRunning();
    return subscription;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      events.close();
    }
  }

  private void ensureOpen() {
    if (closed.get()) {
      throw SandboxException.of(Code.CLOSED, "use runtime", NAME).detail("it was closed").build();
    }
  }
}

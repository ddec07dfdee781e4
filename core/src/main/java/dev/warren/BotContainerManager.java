package dev.warren;

import dev.warren.internal.concurrent.Interrupts;
import dev.warren.internal.connection.BootLog;
import dev.warren.internal.connection.BridgeConnector;
import dev.warren.internal.connection.BridgeLinks;
import dev.warren.internal.manager.Backups;
import dev.warren.internal.manager.BotLocks;
import dev.warren.internal.manager.BotSandbox;
import dev.warren.internal.manager.BridgeLocator;
import dev.warren.internal.manager.ContainerMaker;
import dev.warren.internal.manager.ImagePuller;
import dev.warren.internal.manager.ManagerSettings;
import dev.warren.internal.manager.OpenCheck;
import dev.warren.internal.manager.OwnContainers;
import dev.warren.internal.manager.Reconciler;
import dev.warren.internal.manager.SandboxEvents;
import dev.warren.internal.manager.SandboxLayout;
import dev.warren.internal.manager.SandboxLifecycle;
import dev.warren.internal.manager.Transport;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The entry point: gives every bot its own sandbox. One for each host application.
 *
 * <p>Operations on one bot happen one after the other, in this JVM and among all JVMs that share
 * the state directory; operations on different bots do not wait for one another. Sandboxes outlive
 * the manager, and the next one finds them.
 *
 * <p>Besides the codes that a method names, all can throw {@code UNAVAILABLE} (engine), {@code
 * CANCELLED} (interrupt), {@code TIMEOUT} (the bot's lock) and {@code CLOSED}. Thread-safe.
 */
public final class BotContainerManager implements AutoCloseable {
  private final ManagerSettings settings;
  private final OpenCheck open = new OpenCheck();
  private final OwnContainers containers;
  private final ImagePuller images;
  private final BridgeLinks links;
  private final Backups backups;
  private final SandboxLifecycle lifecycle;
  private final Reconciler reconciler;
  private final SandboxEvents events;

  private BotContainerManager(ManagerSettings settings) {
    this.settings = settings;
    SandboxRuntime runtime = settings.runtime();
    StateDirectory state = runtime.stateDirectory();
    SandboxLayout layout = new SandboxLayout(state);
    BotLocks locks = new BotLocks(state, settings.lockTimeout());
    this.containers = new OwnContainers(runtime, settings.name());
    this.images = new ImagePuller(runtime.images(), settings.pullPolicy(), settings.pullOptions());
    ContainerMaker maker = new ContainerMaker(settings, layout, images);
    BootLog bootLog = new BootLog(runtime, settings.startTimeout());
    BridgeLocator locator = new BridgeLocator(runtime, containers, layout, bootLog);
    this.links = new BridgeLinks(locator, BridgeConnector.create(state), settings.startTimeout());
    this.backups = new Backups(state);
    this.lifecycle =
        new SandboxLifecycle(
            settings, open, locks, layout, containers, maker, bootLog, locator, links, backups);
    this.reconciler = new Reconciler(runtime, layout, containers, links, locks);
    this.events = new SandboxEvents(runtime, containers, links, settings.listeners());
  }

  /** Starts to build a manager on a runtime, which it closes with itself. */
  public static Builder builder(SandboxRuntime runtime) {
    return new Builder(runtime);
  }

  /**
   * Gets the image by policy, so that the first start need not. Optional.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code PERMISSION_DENIED}, {@code UNAVAILABLE}
   *     (registry), {@code DATA_LOSS}, {@code RESOURCE_EXHAUSTED}
   */
  public void init() {
    open.require("pull image for", "");
    settings.spec().image().ifPresent(images::ensure);
  }

  /**
   * Makes sure that the bot's sandbox exists, runs and answers; starting a running one just returns
   * it. What a failed call did is undone; data is never touched.
   *
   * @throws SandboxException {@code CONFLICT} when its container's name belongs to somebody else;
   *     {@code NOT_FOUND} (image); {@code RESOURCE_EXHAUSTED} (addresses, disk); {@code
   *     PERMISSION_DENIED} (mounts, credentials); {@code INVALID_ARGUMENT}, {@code UNSUPPORTED}
   */
  public Sandbox start(BotId bot) {
    return start(bot, settings.spec());
  }

  /** As {@link #start(BotId)}, with a spec of its own if the sandbox has to be made. */
  public Sandbox start(BotId bot, SandboxSpec ownSpec) {
    lifecycle.start(bot, ownSpec);
    return sandbox(bot);
  }

  /** The bot's sandbox, running or not; its calls need it to run. */
  public Optional<Sandbox> find(BotId bot) {
    open.require("find", bot.value());
    return containers.find("find", bot).map(container -> sandbox(bot));
  }

  /** All sandboxes of this manager. */
  public List<SandboxInfo> list() {
    open.require("list sandboxes", "");
    List<SandboxInfo> result = new ArrayList<>();
    containers.all().forEach((bot, container) -> result.add(containers.info(bot, container)));
    return List.copyOf(result);
  }

  /**
   * Stops the bot's sandbox: SIGTERM to what runs in it, and SIGKILL after the stop grace. Data
   * stays. Stopping one that is stopped or absent does nothing.
   */
  public void stop(BotId bot) {
    lifecycle.stop(bot);
  }

  /** Deletes the bot's sandbox with its data. Deleting one that is absent does nothing. */
  public void delete(BotId bot) {
    lifecycle.delete(bot);
  }

  /**
   * Keeps a copy of {@code /data}, then deletes the sandbox. When the copy fails, nothing is
   * deleted. A stopped sandbox is started for it.
   *
   * @throws SandboxException {@code NOT_FOUND}
   */
  public Backup deletePreserving(BotId bot) {
    return lifecycle.deletePreserving(bot);
  }

  /** The preserved copies of a bot's data, oldest first. */
  public List<Backup> backups(BotId bot) {
    open.require("list backups of", bot.value());
    return backups.list(bot);
  }

  /**
   * Replaces {@code /data} of the bot's running sandbox by a backup; on failure it stays as it was.
   * The backup is kept.
   *
   * @throws SandboxException {@code NOT_FOUND} (backup, sandbox), {@code UNAVAILABLE} when it does
   *     not run
   */
  public void restore(Backup backup) {
    lifecycle.restore(backup);
  }

  /** Deletes a backup. */
  public void delete(Backup backup) {
    lifecycle.delete(backup);
  }

  /**
   * To be called when the host application starts: adopts sandboxes that run, stops those that run
   * but cannot be reached, and removes what interrupted operations left. Containers of others are
   * not touched.
   */
  public ReconcileReport reconcile() {
    open.require("reconcile", "");
    return reconciler.run();
  }

  /** Lets go of all connections; sandboxes go on, unless {@link Builder#stopOnClose} was set. */
  @Override
  public void close() {
    if (!open.close()) {
      return;
    }
    // New work is refused by now; the runtime goes last, because all others use it.
    List<Runnable> steps = new ArrayList<>();
    if (settings.stopOnClose()) {
      steps.add(lifecycle::stopAll);
    }
    steps.add(events::close);
    steps.add(links::close);
    if (settings.closeRuntime()) {
      steps.add(settings.runtime()::close);
    }
    Interrupts.shielded(() -> runAll(steps));
  }

  private static void runAll(List<Runnable> steps) {
    RuntimeException first = null;
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private Sandbox sandbox(BotId bot) {
    return new BotSandbox(bot, containers, lifecycle, links, open);
  }

  /** Collects the settings of a manager. Not thread-safe. */
  public static final class Builder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");

    private final SandboxRuntime runtime;
    private final List<SandboxListener> listeners = new ArrayList<>();
    private String name = "default";
    private SandboxSpec spec = SandboxSpec.builder().build();
    private Optional<ImageRef> image = Optional.empty();
    private PullPolicy pullPolicy = PullPolicy.IF_ABSENT;
    private PullOptions pullOptions = PullOptions.none();
    private MountPolicy mountPolicy = MountPolicy.none();
    private boolean tcp;
    private Duration startTimeout = Duration.ofSeconds(30);
    private Duration stopGrace = Duration.ofSeconds(10);
    private Duration lockTimeout = Duration.ofMinutes(5);
    private boolean stopOnClose;
    private boolean closeRuntime = true;

    private Builder(SandboxRuntime runtime) {
      this.runtime = runtime;
    }

    /** The image of new sandboxes, such as {@code debian:12-slim}; goes before that of the spec. */
    public Builder image(String reference) {
      image = Optional.of(ImageRef.parse(reference));
      return this;
    }

    /** What new sandboxes are like. Default: finite limits, isolated network, full hardening. */
    public Builder spec(SandboxSpec value) {
      spec = value;
      return this;
    }

    /** When images are fetched. Default: if absent. */
    public Builder pullPolicy(PullPolicy value) {
      pullPolicy = value;
      return this;
    }

    /** For the registry. Default: what the user's configuration has. */
    public Builder credentials(String user, String secret) {
      pullOptions = pullOptions.withCredentials(user, secret);
      return this;
    }

    /** Told about pulls. */
    public Builder pullProgress(Consumer<PullProgress> listener) {
      pullOptions = pullOptions.withProgress(listener);
      return this;
    }

    /** Which host paths sandboxes may see. Default: none. */
    public Builder mountPolicy(MountPolicy value) {
      mountPolicy = value;
      return this;
    }

    /**
     * Separates managers that share an engine: each sees only the sandboxes made under its name.
     * Default: {@code default}.
     */
    public Builder name(String value) {
      name = value;
      return this;
    }

    /**
     * Reaches bridges over TCP with mutual TLS also where a unix socket would do, as it has to be
     * when this application runs in a container itself.
     */
    public Builder tcp() {
      tcp = true;
      return this;
    }

    /** How long a bridge may take to answer. Default: 30 s. */
    public Builder startTimeout(Duration value) {
      startTimeout = value;
      return this;
    }

    /** Time between SIGTERM and SIGKILL when stopping. Default: 10 s. */
    public Builder stopGrace(Duration value) {
      stopGrace = value;
      return this;
    }

    /** How long to wait for another operation on the same bot. Default: 5 min. */
    public Builder lockTimeout(Duration value) {
      lockTimeout = value;
      return this;
    }

    /** Stops all sandboxes on close; otherwise they go on. */
    public Builder stopOnClose() {
      stopOnClose = true;
      return this;
    }

    /** Leaves the runtime open on close. */
    public Builder sharedRuntime() {
      closeRuntime = false;
      return this;
    }

    public Builder listener(SandboxListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Opens the manager. The engine is not asked yet.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public BotContainerManager build() {
      if (!NAME.matcher(name).matches() || name.length() > 63) {
        throw SandboxException.invalid(
            "build manager", "name", "use ASCII letters and digits with single separators");
      }
      if (startTimeout.isNegative() || startTimeout.isZero() || stopGrace.isNegative()) {
        throw SandboxException.invalid("build manager", "timeouts", "they must be positive");
      }
      Transport transport =
          tcp || !runtime.info().can(Capability.SHARED_HOST) ? Transport.TCP : Transport.UNIX;
      return new BotContainerManager(
          new ManagerSettings(
              runtime,
              name,
              image.map(ref -> spec.withImage(ref)).orElse(spec),
              pullPolicy,
              pullOptions,
              mountPolicy,
              transport,
              startTimeout,
              stopGrace,
              lockTimeout,
              stopOnClose,
              closeRuntime,
              List.copyOf(listeners)));
    }
  }
}

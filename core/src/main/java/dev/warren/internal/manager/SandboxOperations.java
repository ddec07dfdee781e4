package dev.warren.internal.manager;

import dev.warren.Backup;
import dev.warren.BotId;
import dev.warren.ReconcileReport;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.SandboxInfo;
import dev.warren.SandboxListener;
import dev.warren.SandboxProcesses;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.internal.concurrent.Interrupts;
import dev.warren.internal.connection.BridgeBinary;
import dev.warren.internal.connection.BridgeConnector;
import dev.warren.internal.connection.ClientIdentity;
import dev.warren.internal.exec.BridgeProcesses;
import dev.warren.internal.files.BridgeFiles;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of the manager together: takes the locks, follows the events, closes in order.
 * Thread-safe.
 */
public final class SandboxOperations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SandboxOperations.class);

  private static final int SCHEDULER_SECONDS = 5;

  private final ManagerSettings settings;
  private final SandboxRuntime runtime;
  private final BotLocks locks;
  private final BridgeLocator locator;
  private final BridgeLinks links;
  private final ImagePuller images;
  private final SandboxLifecycle lifecycle;
  private final Reconciler reconciler;
  private final Backups backups;
  private final ScheduledExecutorService scheduler;
  private final SandboxRuntime.Subscription events;
  private final AtomicBoolean closed = new AtomicBoolean();

  public SandboxOperations(ManagerSettings settings) {
    this.settings = settings;
    this.runtime = settings.runtime();
    StateDirectory state = runtime.stateDirectory();
    SandboxLayout layout = new SandboxLayout(state);
    String name = settings.name();
    this.locks = new BotLocks(state, settings.lockTimeout());
    this.locator = new BridgeLocator(runtime, layout, name, settings.startTimeout());
    this.links = new BridgeLinks(locator, BridgeConnector.create(state), settings.startTimeout());
    this.images = new ImagePuller(runtime.images(), settings.pullPolicy(), settings.pullOptions());
    long grace = Math.max(0, settings.stopGrace().toMillis() - 1000);
    this.lifecycle =
        new SandboxLifecycle(
            new ManagerParts(
                runtime,
                layout,
                new SpecComposer(runtime.info(), layout, name, grace),
                images,
                settings.mountPolicy(),
                locator,
                links,
                () -> BridgeBinary.extract(state),
                () -> ClientIdentity.of(state).caFile(),
                settings.stopGrace()));
    this.reconciler = new Reconciler(runtime, layout, links, locks, name);
    this.backups = new Backups(state);
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "warren-scheduler");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        scheduler.scheduleWithFixedDelay(links::evictIdle, 1, 1, TimeUnit.MINUTES);
    this.events = runtime.watch(this::onEvent);
  }

  public void ensureImage() {
    ensureOpen("pull image for", "");
    settings.spec().image().ifPresent(images::ensure);
  }

  public void start(BotId bot, SandboxSpec spec) {
    locked("start", bot, () -> lifecycle.start(bot, spec, settings.transport()));
  }

  public void stop(BotId bot) {
    locked("stop", bot, () -> lifecycle.stop(bot));
  }

  public void delete(BotId bot) {
    locked("delete", bot, () -> lifecycle.delete(bot));
  }

  /** A failed backup leaves the sandbox as it was: nothing is deleted. */
  public Backup deletePreserving(BotId bot) {
    Backup[] backup = new Backup[1];
    locked(
        "delete",
        bot,
        () -> {
          boolean ran = locator.running(Labels.containerId(bot));
          locator.requireOwn("delete", bot);
          lifecycle.start(bot, settings.spec(), settings.transport());
          try {
            backup[0] = backups.preserve(bot, files(bot));
          } catch (RuntimeException e) {
            if (!ran) {
              Interrupts.shielded(() -> lifecycle.stop(bot));
            }
            throw e;
          }
          lifecycle.delete(bot);
        });
    return backup[0];
  }

  public List<Backup> backups(BotId bot) {
    ensureOpen("list backups of", bot.value());
    return backups.list(bot);
  }

  public void restore(Backup backup) {
    locked("restore", backup.bot(), () -> backups.restore(backup, files(backup.bot())));
  }

  public void delete(Backup backup) {
    locked("delete backup of", backup.bot(), () -> backups.delete(backup));
  }

  public Optional<SandboxInfo> find(BotId bot) {
    ensureOpen("find", bot.value());
    return locator.findOwn("find", bot).map(container -> info(bot, container));
  }

  public List<SandboxInfo> list() {
    ensureOpen("list sandboxes", "");
    List<SandboxInfo> result = new ArrayList<>();
    for (ContainerInfo container :
        runtime.containers().listByLabel(Labels.MANAGER, settings.name())) {
      Labels.botOf(container, settings.name()).ifPresent(bot -> result.add(info(bot, container)));
    }
    return List.copyOf(result);
  }

  public ReconcileReport reconcile() {
    ensureOpen("reconcile", "");
    return reconciler.run();
  }

  public SandboxFiles files(BotId bot) {
    return new BridgeFiles(links.source(bot), bot.value());
  }

  public SandboxProcesses processes(BotId bot) {
    return new BridgeProcesses(links.source(bot), bot.value());
  }

  public SandboxAddress address(BotId bot) {
    ensureOpen("reach", bot.value());
    return links.address(bot);
  }

  /** New work is refused first; the runtime goes last, because all others use it. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    List<Runnable> steps = new ArrayList<>();
    if (settings.stopOnClose()) {
      steps.add(this::stopAll);
    }
    steps.add(events::close);
    steps.add(this::stopScheduler);
    steps.add(links::close);
    if (settings.closeRuntime()) {
      steps.add(runtime::close);
    }
    Interrupts.shielded(() -> runAll(steps));
  }

  private void stopScheduler() {
    scheduler.shutdownNow();
    try {
      if (!scheduler.awaitTermination(SCHEDULER_SECONDS, TimeUnit.SECONDS)) {
        log.warn("The scheduler did not end within {} seconds", SCHEDULER_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void stopAll() {
    for (ContainerInfo container :
        runtime.containers().listByLabel(Labels.MANAGER, settings.name())) {
      Labels.botOf(container, settings.name())
          .ifPresent(
              bot -> {
                try (BotLocks.Lock lock = locks.acquire("stop", bot)) {
                  lifecycle.stop(bot);
                }
              });
    }
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

  private void locked(String operation, BotId bot, Runnable work) {
    ensureOpen(operation, bot.value());
    try (BotLocks.Lock lock = locks.acquire(operation, bot)) {
      ensureOpen(operation, bot.value());
      work.run();
    }
  }

  private void ensureOpen(String operation, String subject) {
    if (closed.get()) {
      throw SandboxException.of(Code.CLOSED, operation, subject)
          .detail("the manager was closed")
          .build();
    }
  }

  private SandboxInfo info(BotId bot, ContainerInfo container) {
    Optional<TaskInfo> task = runtime.tasks().get(container.id());
    SandboxInfo.State state =
        task.map(TaskInfo::status)
            .map(
                status ->
                    switch (status) {
                      case CREATED -> SandboxInfo.State.CREATED;
                      case RUNNING -> SandboxInfo.State.RUNNING;
                      case PAUSED -> SandboxInfo.State.PAUSED;
                      case STOPPED -> SandboxInfo.State.STOPPED;
                    })
            .orElse(SandboxInfo.State.CREATED);
    return new SandboxInfo(
        bot,
        container.id(),
        container.image(),
        state,
        container.created(),
        task.flatMap(TaskInfo::started),
        task.flatMap(TaskInfo::exit).map(ExitStatus::code));
  }

  private void onEvent(RuntimeEvent event) {
    if (event instanceof RuntimeEvent.Gap) {
      links.forgetAddresses();
    } else if (event instanceof RuntimeEvent.Started started) {
      tell(started.id(), (listener, bot) -> listener.started(bot));
    } else if (event instanceof RuntimeEvent.Exited exited) {
      Labels.botOf(exited.id()).ifPresent(this::forgetUnlessRunning);
      tell(exited.id(), (listener, bot) -> listener.stopped(bot, exited.status().code()));
    } else if (event instanceof RuntimeEvent.OutOfMemory outOfMemory) {
      tell(outOfMemory.id(), (listener, bot) -> listener.outOfMemory(bot));
    } else if (event instanceof RuntimeEvent.Deleted deleted) {
      Labels.botOf(deleted.id()).ifPresent(this::forgetUnlessRunning);
      tell(deleted.id(), (listener, bot) -> listener.deleted(bot));
    }
  }

  /** The event may be older than the present task. */
  private void forgetUnlessRunning(BotId bot) {
    scheduler.execute(
        () -> {
          try {
            if (!locator.running(Labels.containerId(bot))) {
              links.forget(bot);
            }
          } catch (SandboxException e) {
            links.forget(bot);
          }
        });
  }

  private void tell(
      String containerId, java.util.function.BiConsumer<SandboxListener, BotId> call) {
    Labels.botOf(containerId)
        .ifPresent(
            bot ->
                settings
                    .listeners()
                    .forEach(listener -> guarded(l -> call.accept(l, bot), listener)));
  }

  private static void guarded(Consumer<SandboxListener> call, SandboxListener listener) {
    try {
      call.accept(listener);
    } catch (RuntimeException e) {
      log.warn("A sandbox listener failed", e);
    }
  }
}

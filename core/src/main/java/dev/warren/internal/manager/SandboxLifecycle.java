package dev.warren.internal.manager;

import dev.warren.Backup;
import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxFiles;
import dev.warren.SandboxSpec;
import dev.warren.internal.concurrent.Interrupts;
import dev.warren.internal.connection.BootLog;
import dev.warren.internal.connection.BridgeLinks;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.files.BridgeFiles;
import dev.warren.internal.manager.ContainerMaker.Made;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks.StopOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, stops, deletes and preserves sandboxes, step by step. Each operation holds the bot's lock
 * from its first step to its last; methods that end in {@code Locked} expect the caller to hold it,
 * because the lock is not reentrant. Thread-safe.
 */
public final class SandboxLifecycle {
  private static final Logger log = LoggerFactory.getLogger(SandboxLifecycle.class);

  private final SandboxRuntime runtime;
  private final SandboxSpec usualSpec;
  private final Duration stopGrace;
  private final OpenCheck open;
  private final BotLocks locks;
  private final SandboxLayout layout;
  private final OwnContainers containers;
  private final ContainerMaker maker;
  private final BootLog bootLog;
  private final BridgeLocator locator;
  private final BridgeLinks links;
  private final Backups backups;

  public SandboxLifecycle(
      ManagerSettings settings,
      OpenCheck open,
      BotLocks locks,
      SandboxLayout layout,
      OwnContainers containers,
      ContainerMaker maker,
      BootLog bootLog,
      BridgeLocator locator,
      BridgeLinks links,
      Backups backups) {
    this.runtime = settings.runtime();
    this.usualSpec = settings.spec();
    this.stopGrace = settings.stopGrace();
    this.open = open;
    this.locks = locks;
    this.layout = layout;
    this.containers = containers;
    this.maker = maker;
    this.bootLog = bootLog;
    this.locator = locator;
    this.links = links;
    this.backups = backups;
  }

  /** Makes sure that the bot's sandbox runs and answers; undoes on failure what this call did. */
  public void start(BotId bot, SandboxSpec spec) {
    locked("start", bot, () -> startLocked(bot, spec));
  }

  public void stop(BotId bot) {
    locked("stop", bot, () -> stopLocked(bot));
  }

  public void delete(BotId bot) {
    locked("delete", bot, () -> deleteLocked(bot));
  }

  /** A failed backup leaves the sandbox as it was: nothing is deleted. */
  public Backup deletePreserving(BotId bot) {
    return locked("delete", bot, () -> deletePreservingLocked(bot));
  }

  public void restore(Backup backup) {
    locked("restore", backup.bot(), () -> backups.restore(backup, files(backup.bot())));
  }

  public void delete(Backup backup) {
    locked("delete backup of", backup.bot(), () -> backups.delete(backup));
  }

  /** Stops all sandboxes of a manager that is being closed. */
  public void stopAll() {
    for (BotId bot : containers.all().keySet()) {
      try (BotLocks.Lock lock = locks.acquire("stop", bot)) {
        stopLocked(bot);
      }
    }
  }

  private void locked(String operation, BotId bot, Runnable work) {
    BotId unused =
        locked(
            operation,
            bot,
            () -> {
              work.run();
              return bot;
            });
  }

  private <T> T locked(String operation, BotId bot, Supplier<T> work) {
    open.require(operation, bot.value());
    try (BotLocks.Lock lock = locks.acquire(operation, bot)) {
      open.require(operation, bot.value());
      return work.get();
    }
  }

  private void startLocked(BotId bot, SandboxSpec spec) {
    String id = Labels.containerId(bot);
    maker.checkMounts(spec);
    boolean fresh = false;
    boolean created = false;
    boolean started = false;
    try {
      Optional<ContainerInfo> existing = containers.find("start", bot);
      ContainerInfo container;
      if (existing.isPresent()) {
        if (reachable(bot, id)) {
          return;
        }
        container = existing.get();
        stopWhatDoesNotAnswer(id);
        maker.prepare(id, spec, Transport.of(container));
      } else {
        fresh = true;
        Made made = maker.make(bot, spec);
        created = made.anew();
        container = made.container();
      }
      started = true;
      TaskInfo task = runtime.tasks().start(id);
      links.learn(bot, locator.locate(bot, container, task));
      greet(bot);
    } catch (RuntimeException e) {
      boolean undoStart = started;
      boolean undoCreate = created;
      boolean undoFiles = fresh;
      SandboxException failure = explained(bot, id, e);
      Interrupts.shielded(() -> rollBack(id, undoStart, undoCreate, undoFiles, failure));
      links.forget(bot);
      throw failure;
    }
  }

  private void stopLocked(BotId bot) {
    if (containers.find("stop", bot).isPresent()) {
      runtime.tasks().stop(Labels.containerId(bot), StopOptions.grace(stopGrace));
    }
    links.forget(bot);
  }

  /** The data first, in one step, so that nothing of it turns up again after a crash. */
  private void deleteLocked(BotId bot) {
    String id = Labels.containerId(bot);
    if (containers.find("delete", bot).isPresent()) {
      runtime.tasks().stop(id, StopOptions.kill());
      links.forget(bot);
      layout.discardData(id);
      runtime.containers().delete(id);
    }
    layout.discardData(id);
    layout.remove(id);
  }

  private Backup deletePreservingLocked(BotId bot) {
    boolean ran = containers.running(Labels.containerId(bot));
    containers.require("delete", bot);
    startLocked(bot, usualSpec);
    Backup backup;
    try {
      backup = backups.preserve(bot, files(bot));
    } catch (RuntimeException e) {
      if (!ran) {
        Interrupts.shielded(() -> stopLocked(bot));
      }
      throw e;
    }
    deleteLocked(bot);
    return backup;
  }

  private SandboxFiles files(BotId bot) {
    return new BridgeFiles(links.source(bot), bot.value());
  }

  private void stopWhatDoesNotAnswer(String id) {
    if (containers.running(id)) {
      runtime.tasks().stop(id, StopOptions.grace(stopGrace));
    }
  }

  private boolean reachable(BotId bot, String id) {
    Optional<TaskInfo> task = runtime.tasks().get(id);
    if (task.filter(TaskInfo::running).isEmpty()) {
      links.forget(bot);
      return false;
    }
    if (task.get().status() == TaskInfo.Status.PAUSED) {
      runtime.pause().ifPresent(pause -> pause.resume(id));
    }
    try {
      greet(bot);
      return true;
    } catch (SandboxException e) {
      if (e.code() == Code.CANCELLED) {
        throw e;
      }
      log.warn("The sandbox of bot {} runs but does not answer, it is started again", bot, e);
      links.forget(bot);
      return false;
    }
  }

  private void greet(BotId bot) {
    try (ConnectionSource.Lease lease = links.lease("start", bot)) {
      log.debug("Bot {} is served by bridge instance {}", bot, lease.connection().instance());
    }
  }

  /** A bridge that ended says why on its output. */
  private SandboxException explained(BotId bot, String id, RuntimeException failure) {
    if (!(failure instanceof SandboxException known)) {
      return SandboxException.of(Code.INTERNAL, "start", bot.value())
          .backend(runtime.info().name())
          .cause(failure)
          .build();
    }
    if (known.code() != Code.UNAVAILABLE && known.code() != Code.TIMEOUT) {
      return known;
    }
    String[] tail = {""};
    Interrupts.shielded(() -> tail[0] = bootLog.tail(id));
    return SandboxException.of(known.code(), "start", bot.value())
        .backend(runtime.info().name())
        .reason(known.reason().orElse(null))
        .detail(known.getMessage() + (tail[0].isEmpty() ? "" : "; its output was: " + tail[0]))
        .cause(known)
        .build();
  }

  private void rollBack(
      String id, boolean started, boolean created, boolean fresh, SandboxException failure) {
    undo(started, () -> runtime.tasks().stop(id, StopOptions.kill()), failure);
    undo(created, () -> runtime.containers().delete(id), failure);
    undo(
        fresh,
        () -> {
          if (runtime.containers().get(id).isEmpty()) {
            layout.remove(id);
          }
        },
        failure);
  }

  private static void undo(boolean wanted, Runnable action, SandboxException failure) {
    try {
      if (wanted) {
        action.run();
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }
}

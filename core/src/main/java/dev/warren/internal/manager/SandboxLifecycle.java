package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.Mount;
import dev.warren.MountPolicy;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxSpec;
import dev.warren.internal.concurrent.Interrupts;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks.StopOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, stops and deletes sandboxes, step by step. The caller holds the bot's lock. Thread-safe
 * for different bots.
 */
final class SandboxLifecycle {
  private static final Logger log = LoggerFactory.getLogger(SandboxLifecycle.class);

  private final SandboxRuntime runtime;
  private final SandboxLayout layout;
  private final SpecComposer composer;
  private final ImagePuller images;
  private final MountPolicy mounts;
  private final BridgeLocator locator;
  private final BridgeLinks links;
  private final Supplier<Path> binary;
  private final Supplier<Path> clientCa;
  private final Duration stopGrace;

  SandboxLifecycle(ManagerParts parts) {
    this.runtime = parts.runtime();
    this.layout = parts.layout();
    this.composer = parts.composer();
    this.images = parts.images();
    this.mounts = parts.mounts();
    this.locator = parts.locator();
    this.links = parts.links();
    this.binary = parts.binary();
    this.clientCa = parts.clientCa();
    this.stopGrace = parts.stopGrace();
  }

  /** Makes sure that the bot's sandbox runs and answers; undoes on failure what this call did. */
  void start(BotId bot, SandboxSpec spec, Transport transport) {
    String id = Labels.containerId(bot);
    checkMounts(spec);
    boolean fresh = false;
    boolean created = false;
    boolean started = false;
    try {
      Optional<ContainerInfo> existing = locator.findOwn("start", bot);
      ContainerInfo container;
      if (existing.isPresent()) {
        if (reachable(bot, id)) {
          return;
        }
        container = existing.get();
        stopWhatDoesNotAnswer(id);
        prepare(id, spec, Transport.of(container));
      } else {
        fresh = true;
        Made made = create(bot, spec, transport);
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

  void stop(BotId bot) {
    if (locator.findOwn("stop", bot).isPresent()) {
      runtime.tasks().stop(Labels.containerId(bot), StopOptions.grace(stopGrace));
    }
    links.forget(bot);
  }

  /** The data first, in one step, so that nothing of it turns up again after a crash. */
  void delete(BotId bot) {
    String id = Labels.containerId(bot);
    if (locator.findOwn("delete", bot).isPresent()) {
      runtime.tasks().stop(id, StopOptions.kill());
      links.forget(bot);
      layout.discardData(id);
      runtime.containers().delete(id);
    }
    layout.discardData(id);
    layout.remove(id);
  }

  private Made create(BotId bot, SandboxSpec spec, Transport transport) {
    Optional<Path> ca = transport == Transport.TCP ? Optional.of(clientCa.get()) : Optional.empty();
    ContainerSpec container = composer.compose(bot, spec, transport, ca);
    if (spec.image().isPresent() && runtime.info().can(Capability.IMAGES)) {
      images.ensure(spec.image().get());
    }
    prepare(container.id(), spec, transport);
    try {
      return new Made(runtime.containers().create(container), true);
    } catch (SandboxException e) {
      Optional<Snapshots> snapshots = runtime.snapshots();
      if (e.code() == Code.ALREADY_EXISTS
          && snapshots.isPresent()
          && snapshots.get().orphaned().contains(container.id())) {
        log.warn("The container of bot {} was lost; its data was found and is used again", bot);
        return new Made(snapshots.get().adopt(container), false);
      }
      throw e;
    }
  }

  private void prepare(String id, SandboxSpec spec, Transport transport) {
    layout.install(id, binary.get());
    if (transport == Transport.UNIX) {
      layout.prepareSocketDirectory(id, spec.user().isPresent());
    }
    if (SpecComposer.separateData(spec)) {
      layout.prepareData(id);
    }
  }

  private void stopWhatDoesNotAnswer(String id) {
    if (locator.running(id)) {
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

  private void checkMounts(SandboxSpec spec) {
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Bind bind) {
        mounts.check(bind);
      }
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
    Interrupts.shielded(() -> tail[0] = locator.logTail(id));
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

  /**
   * A container that {@link #create} came by.
   *
   * @param anew it has no data yet: a failed start may delete it
   */
  private record Made(ContainerInfo container, boolean anew) {}
}

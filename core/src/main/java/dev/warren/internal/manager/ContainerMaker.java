package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.Mount;
import dev.warren.MountPolicy;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.internal.connection.BridgeBinary;
import dev.warren.internal.connection.ClientIdentity;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the container of a bot, and what it needs on the host. The caller holds the bot's lock.
 * Thread-safe for different bots.
 */
public final class ContainerMaker {
  private static final Logger log = LoggerFactory.getLogger(ContainerMaker.class);

  /** How much earlier than the engine the bridge resorts to SIGKILL. */
  private static final long HEAD_START_MILLIS = 1000;

  private final SandboxRuntime runtime;
  private final StateDirectory state;
  private final SandboxLayout layout;
  private final SpecComposer composer;
  private final ImagePuller images;
  private final MountPolicy mounts;
  private final Transport transport;

  public ContainerMaker(ManagerSettings settings, SandboxLayout layout, ImagePuller images) {
    this.runtime = settings.runtime();
    this.state = runtime.stateDirectory();
    this.layout = layout;
    long grace = Math.max(0, settings.stopGrace().toMillis() - HEAD_START_MILLIS);
    this.composer = new SpecComposer(runtime.info(), layout, settings.name(), grace);
    this.images = images;
    this.mounts = settings.mountPolicy();
    this.transport = settings.transport();
  }

  /**
   * Refuses what the mount policy does not allow.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}
   */
  void checkMounts(SandboxSpec spec) {
    for (Mount mount : spec.mounts()) {
      if (mount instanceof Mount.Bind bind) {
        mounts.check(bind);
      }
    }
  }

  /** The image, then the files of the host, then the container. */
  Made make(BotId bot, SandboxSpec spec) {
    Optional<Path> ca =
        transport == Transport.TCP
            ? Optional.of(ClientIdentity.of(state).caFile())
            : Optional.empty();
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

  /** Puts in place what a container needs on the host. Only while it does not run. */
  void prepare(String id, SandboxSpec spec, Transport with) {
    layout.install(id, BridgeBinary.extract(state));
    if (with == Transport.UNIX) {
      layout.prepareSocketDirectory(id, spec.user().isPresent());
    }
    if (SpecComposer.separateData(spec)) {
      layout.prepareData(id);
    }
  }

  /**
   * A container that {@link #make} came by.
   *
   * @param anew it has no data yet: a failed start may delete it
   */
  record Made(ContainerInfo container, boolean anew) {}
}

package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Finds out from the engine where a bot's bridge is, and which key it has. Thread-safe. */
public final class BridgeLocator {
  private static final int LOG_TAIL = 2048;
  private static final long FIRST_PAUSE_NANOS = 500_000;
  private static final long LONG_PAUSE_NANOS = 2_000_000;

  /** How often the engine is asked whether there is anything to wait for. */
  private static final long ASK_NANOS = 50_000_000;

  private final SandboxRuntime runtime;
  private final SandboxLayout layout;
  private final String manager;
  private final Duration timeout;

  BridgeLocator(SandboxRuntime runtime, SandboxLayout layout, String manager, Duration timeout) {
    this.runtime = runtime;
    this.layout = layout;
    this.manager = manager;
    this.timeout = timeout;
  }

  /**
   * Locates a running bridge, waiting for it to announce itself.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code CONFLICT} for a foreign container, {@code
   *     UNAVAILABLE} when it does not run or says nothing in time
   */
  Located locate(BotId bot) {
    String id = Labels.containerId(bot);
    ContainerInfo container = requireOwn("find sandbox of", bot);
    TaskInfo task =
        runtime
            .tasks()
            .get(id)
            .filter(TaskInfo::running)
            .orElseThrow(
                () ->
                    error(Code.UNAVAILABLE, "reach", bot)
                        .reason(ConnectionSource.NOT_RUNNING)
                        .detail("its sandbox does not run")
                        .remedy("start it")
                        .build());
    return locate(bot, container, task);
  }

  /** As {@link #locate(BotId)}, for a task that is known to run. */
  Located locate(BotId bot, ContainerInfo container, TaskInfo task) {
    BootLine boot = awaitBoot(bot, container.id());
    return new Located(address(container, task), container.id(), boot);
  }

  /** The container of a bot, if it is one of this manager's. */
  ContainerInfo requireOwn(String operation, BotId bot) {
    return findOwn(operation, bot)
        .orElseThrow(
            () -> error(Code.NOT_FOUND, operation, bot).detail("it has no sandbox").build());
  }

  Optional<ContainerInfo> findOwn(String operation, BotId bot) {
    Optional<ContainerInfo> container = runtime.containers().get(Labels.containerId(bot));
    if (container.isPresent() && Labels.botOf(container.get(), manager).isEmpty()) {
      throw error(Code.CONFLICT, operation, bot)
          .detail("a container of its name exists that does not belong to this manager")
          .remedy("remove that container, or use the manager name it was made with")
          .build();
    }
    return container;
  }

  /** The end of what the sandbox's first process wrote, for error messages. */
  String logTail(String id) {
    try (InputStream log = runtime.tasks().logs(id)) {
      byte[] all = log.readNBytes(1 << 20);
      int from = Math.max(0, all.length - LOG_TAIL);
      return new String(all, from, all.length - from, StandardCharsets.UTF_8).strip();
    } catch (IOException | SandboxException e) {
      return "";
    }
  }

  boolean running(String id) {
    return runtime.tasks().get(id).filter(TaskInfo::running).isPresent();
  }

  private SandboxAddress address(ContainerInfo container, TaskInfo task) {
    return switch (Transport.of(container)) {
      case UNIX ->
          new SandboxAddress.UnixSocket(
              layout.socket(container.id()), layout.bridge(container.id()), task.pid());
      case TCP ->
          new SandboxAddress.Tcp(runtime.networks().endpoint(container.id(), Transport.PORT));
    };
  }

  /** The line is usually there; its way through the engine can take a moment. */
  private BootLine awaitBoot(BotId bot, String id) {
    long deadline = System.nanoTime() + timeout.toNanos();
    long asked = System.nanoTime();
    for (long pause = FIRST_PAUSE_NANOS; ; pause = Math.min(pause * 2, LONG_PAUSE_NANOS)) {
      try (InputStream log = runtime.tasks().logs(id)) {
        Optional<BootLine> boot = BootLine.find(log, id);
        if (boot.isPresent()) {
          return boot.get();
        }
      } catch (IOException e) {
        throw error(Code.UNAVAILABLE, "reach", bot)
            .detail("the sandbox's log cannot be read")
            .cause(e)
            .build();
      }
      if (System.nanoTime() - asked > ASK_NANOS) {
        requireRunning(bot, id);
        asked = System.nanoTime();
      }
      if (System.nanoTime() > deadline) {
        throw error(Code.UNAVAILABLE, "reach", bot)
            .detail("its bridge did not announce itself within " + timeout)
            .build();
      }
      pause(bot, pause);
    }
  }

  private void requireRunning(BotId bot, String id) {
    if (!running(id)) {
      throw error(Code.UNAVAILABLE, "reach", bot)
          .detail("its bridge ended before it was ready: " + logTail(id))
          .build();
    }
  }

  private void pause(BotId bot, long nanos) {
    try {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw error(Code.CANCELLED, "reach", bot)
          .detail("the thread was interrupted")
          .cause(e)
          .build();
    }
  }

  private SandboxException.Builder error(Code code, String operation, BotId bot) {
    return SandboxException.of(code, operation, bot.value()).backend(runtime.info().name());
  }

  /** A bridge, and what proves that it is the one. */
  record Located(SandboxAddress address, String containerId, BootLine boot) {}
}

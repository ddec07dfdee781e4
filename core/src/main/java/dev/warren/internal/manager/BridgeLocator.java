package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.BootLog;
import dev.warren.internal.connection.BridgeLocation;
import dev.warren.internal.connection.BridgeLookup;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;

/** Finds out from the engine where a bot's bridge is, and which key it has. Thread-safe. */
public final class BridgeLocator implements BridgeLookup {
  private final SandboxRuntime runtime;
  private final OwnContainers containers;
  private final SandboxLayout layout;
  private final BootLog log;

  public BridgeLocator(
      SandboxRuntime runtime, OwnContainers containers, SandboxLayout layout, BootLog log) {
    this.runtime = runtime;
    this.containers = containers;
    this.layout = layout;
    this.log = log;
  }

  @Override
  public BridgeLocation locate(BotId bot) {
    String id = Labels.containerId(bot);
    ContainerInfo container = containers.require("find sandbox of", bot);
    TaskInfo task =
        runtime
            .tasks()
            .get(id)
            .filter(TaskInfo::running)
            .orElseThrow(
                () ->
                    SandboxException.of(Code.UNAVAILABLE, "reach", bot.value())
                        .backend(runtime.info().name())
                        .reason(ConnectionSource.NOT_RUNNING)
                        .detail("its sandbox does not run")
                        .remedy("start it")
                        .build());
    return locate(bot, container, task);
  }

  /** As {@link #locate(BotId)}, for a task that is known to run. */
  BridgeLocation locate(BotId bot, ContainerInfo container, TaskInfo task) {
    String fingerprint = log.await(bot, container.id()).fingerprint();
    return new BridgeLocation(address(container, task), container.id(), fingerprint);
  }

  @Override
  public boolean running(String containerId) {
    return containers.running(containerId);
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
}

package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxInfo;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The containers of one manager, as the engine has them now. Thread-safe. */
public final class OwnContainers {
  private final SandboxRuntime runtime;
  private final String manager;

  public OwnContainers(SandboxRuntime runtime, String manager) {
    this.runtime = runtime;
    this.manager = manager;
  }

  /**
   * The container of a bot, if it has one.
   *
   * @throws SandboxException {@code CONFLICT} for a foreign container of its name
   */
  public Optional<ContainerInfo> find(String operation, BotId bot) {
    Optional<ContainerInfo> container = runtime.containers().get(Labels.containerId(bot));
    if (container.isPresent() && Labels.botOf(container.get(), manager).isEmpty()) {
      throw error(Code.CONFLICT, operation, bot)
          .detail("a container of its name exists that does not belong to this manager")
          .remedy("remove that container, or use the manager name it was made with")
          .build();
    }
    return container;
  }

  /**
   * The container of a bot.
   *
   * @throws SandboxException {@code NOT_FOUND}, {@code CONFLICT} for a foreign container
   */
  ContainerInfo require(String operation, BotId bot) {
    return find(operation, bot)
        .orElseThrow(
            () -> error(Code.NOT_FOUND, operation, bot).detail("it has no sandbox").build());
  }

  /** All of them, in the engine's order. */
  public Map<BotId, ContainerInfo> all() {
    Map<BotId, ContainerInfo> own = new LinkedHashMap<>();
    for (ContainerInfo container : runtime.containers().listByLabel(Labels.MANAGER, manager)) {
      Labels.botOf(container, manager).ifPresent(bot -> own.put(bot, container));
    }
    return own;
  }

  boolean running(String id) {
    return runtime.tasks().get(id).filter(TaskInfo::running).isPresent();
  }

  /** What users see of a container. */
  public SandboxInfo info(BotId bot, ContainerInfo container) {
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

  private SandboxException.Builder error(Code code, String operation, BotId bot) {
    return SandboxException.of(code, operation, bot.value()).backend(runtime.info().name());
  }
}

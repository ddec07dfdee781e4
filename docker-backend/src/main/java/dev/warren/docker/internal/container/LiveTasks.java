package dev.warren.docker.internal.container;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;

/** Finds containers whose task runs, for what only those have. */
public final class LiveTasks {
  private final ContainerLookup containers;

  public LiveTasks(ContainerLookup containers) {
    this.containers = containers;
  }

  /**
   * @throws SandboxException {@code NOT_FOUND} when there is no task, {@code CONFLICT} when it has
   *     ended
   */
  public InspectContainerResponse require(String operation, String id) {
    InspectContainerResponse container = containers.require(operation, id);
    if (TaskStates.of(id, container, false).isEmpty()) {
      throw DockerErrors.error(Code.NOT_FOUND, operation, id)
          .detail("it has not been started")
          .build();
    }
    if (!TaskStates.isRunning(container)) {
      throw DockerErrors.error(Code.CONFLICT, operation, id).detail("its task has ended").build();
    }
    return container;
  }
}

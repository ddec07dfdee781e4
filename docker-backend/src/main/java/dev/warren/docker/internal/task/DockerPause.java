package dev.warren.docker.internal.task;

import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.LiveTasks;
import dev.warren.docker.internal.container.TaskStates;
import dev.warren.spi.Pause;

/** Freezing, as the engine does it. */
public final class DockerPause implements Pause {
  private final DockerEngine engine;
  private final LiveTasks tasks;

  public DockerPause(DockerEngine engine, LiveTasks tasks) {
    this.engine = engine;
    this.tasks = tasks;
  }

  @Override
  public void pause(String id) {
    InspectContainerResponse container = tasks.require("pause", id);
    if (!TaskStates.isPaused(container)) {
      engine.change("pause", id, () -> engine.api().pauseContainerCmd(container.getId()).exec());
    }
  }

  @Override
  public void resume(String id) {
    InspectContainerResponse container = tasks.require("resume", id);
    if (TaskStates.isPaused(container)) {
      engine.change("resume", id, () -> engine.api().unpauseContainerCmd(container.getId()).exec());
    }
  }
}

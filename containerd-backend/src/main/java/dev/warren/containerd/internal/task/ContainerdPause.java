package dev.warren.containerd.internal.task;

import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.spi.Pause;
import dev.warren.spi.TaskInfo;

/** Freezing by the control group. */
public final class ContainerdPause implements Pause {
  private final TaskCalls calls;

  public ContainerdPause(TaskCalls calls) {
    this.calls = calls;
  }

  @Override
  public void pause(String id) {
    ContainerIds.check("pause", id);
    if (calls.live("pause", id).status() == TaskInfo.Status.RUNNING) {
      calls.pause(id);
    }
  }

  @Override
  public void resume(String id) {
    ContainerIds.check("resume", id);
    if (calls.live("resume", id).status() == TaskInfo.Status.PAUSED) {
      calls.resume(id);
    }
  }
}

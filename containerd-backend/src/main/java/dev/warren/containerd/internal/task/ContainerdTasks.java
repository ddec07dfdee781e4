package dev.warren.containerd.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.containerd.internal.container.StartPreparation;
import dev.warren.containerd.internal.network.Attachments;
import dev.warren.containerd.internal.network.ContainerdNetworks;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The tasks of one namespace. An ended task stays in the daemon until the next start or the delete:
 * so its exit status survives this process.
 */
public final class ContainerdTasks implements Tasks {
  private final TaskCalls calls;
  private final TaskStart starter;
  private final ContainerdNetworks networks;
  private final TaskLogs logs;

  public ContainerdTasks(
      ContainerdClient client,
      TaskCalls calls,
      StartPreparation preparation,
      Attachments attachments,
      ContainerdNetworks networks,
      TaskLogs logs) {
    this.calls = calls;
    this.starter = new TaskStart(client, calls, preparation, attachments, logs);
    this.networks = networks;
    this.logs = logs;
  }

  @Override
  public TaskInfo start(String id) {
    ContainerIds.check("start", id);
    return starter.start(id);
  }

  @Override
  public void stop(String id, StopOptions options) {
    Optional<TaskInfo> task = get(id);
    if (task.isEmpty()) {
      return;
    }
    if (task.get().status() != TaskInfo.Status.STOPPED) {
      end(id, task.get(), options);
    }
    networks.release(id);
  }

  private void end(String id, TaskInfo task, StopOptions options) {
    boolean gentle = options.grace().compareTo(Duration.ZERO) > 0 && task.running();
    if (gentle) {
      calls.kill(id, options.signal(), false);
      if (task.status() == TaskInfo.Status.PAUSED) {
        calls.resume(id);
      }
      try {
        calls.await("stop", id, options.grace());
        return;
      } catch (SandboxException e) {
        if (e.code() == Code.NOT_FOUND) {
          return;
        }
        if (e.code() != Code.TIMEOUT) {
          throw e;
        }
      }
    } else {
      calls.resumeIfPaused(id);
    }
    calls.killAndWait("stop", id);
  }

  @Override
  public Optional<TaskInfo> get(String id) {
    return ContainerIds.isValid(id) ? calls.find(id) : Optional.empty();
  }

  @Override
  public List<TaskInfo> list() {
    return calls.list();
  }

  @Override
  public ExitStatus awaitExit(String id, Duration timeout) {
    ContainerIds.check("wait for", id);
    if (timeout.compareTo(Duration.ZERO) <= 0) {
      return get(id)
          .orElseThrow(
              () -> TaskCalls.error(Code.NOT_FOUND, "wait for", id, "it has no task").build())
          .exit()
          .orElseThrow(
              () -> TaskCalls.error(Code.TIMEOUT, "wait for", id, "it still runs").build());
    }
    return calls.await("wait for", id, timeout);
  }

  @Override
  public InputStream logs(String id) {
    ContainerIds.check("read output of", id);
    return logs.read(id);
  }
}

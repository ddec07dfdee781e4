package dev.warren.containerd.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.tasks.DeleteTaskRequest;
import dev.warren.containerd.internal.api.tasks.GetRequest;
import dev.warren.containerd.internal.api.tasks.KillRequest;
import dev.warren.containerd.internal.api.tasks.ListTasksRequest;
import dev.warren.containerd.internal.api.tasks.PauseTaskRequest;
import dev.warren.containerd.internal.api.tasks.ResumeTaskRequest;
import dev.warren.containerd.internal.api.tasks.WaitRequest;
import dev.warren.containerd.internal.api.types.Process;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The daemon's calls for tasks, in terms of the SPI's values. Thread-safe. */
public final class TaskCalls {
  private static final int SIGKILL = 9;
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

  private final ContainerdClient client;
  private final HostCgroups cgroups;

  public TaskCalls(ContainerdClient client, HostCgroups cgroups) {
    this.client = client;
    this.cgroups = cgroups;
  }

  /** The task of a container. */
  public Optional<TaskInfo> find(String id) {
    GetRequest request = GetRequest.newBuilder().setContainerId(id).build();
    return client.call(
        "find task",
        id,
        () -> {
          try {
            return Optional.of(info(id, client.stubs().tasks().get(request).getProcess()));
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e)) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /**
   * The task of a container.
   *
   * @throws SandboxException {@code NOT_FOUND} without one, {@code CONFLICT} when it has ended
   */
  public TaskInfo live(String operation, String id) {
    TaskInfo task =
        find(id).orElseThrow(() -> error(Code.NOT_FOUND, operation, id, "it has no task").build());
    if (!task.running()) {
      throw error(Code.CONFLICT, operation, id, "its task does not run").build();
    }
    return task;
  }

  /** All tasks. */
  public List<TaskInfo> list() {
    List<Process> found =
        client.call(
            "list tasks",
            "",
            () ->
                client.stubs().tasks().list(ListTasksRequest.getDefaultInstance()).getTasksList());
    // In a list the daemon fills only one of the two.
    return found.stream()
        .map(
            process ->
                info(
                    process.getContainerId().isEmpty() ? process.getId() : process.getContainerId(),
                    process))
        .sorted(java.util.Comparator.comparing(TaskInfo::id))
        .toList();
  }

  private TaskInfo info(String id, Process process) {
    TaskInfo.Status status =
        switch (process.getStatus()) {
          case RUNNING -> TaskInfo.Status.RUNNING;
          case PAUSED, PAUSING -> TaskInfo.Status.PAUSED;
          case CREATED -> TaskInfo.Status.CREATED;
          default -> TaskInfo.Status.STOPPED;
        };
    boolean ended = status == TaskInfo.Status.STOPPED;
    return new TaskInfo(
        id,
        status,
        ended ? 0 : Integer.toUnsignedLong(process.getPid()),
        Optional.empty(),
        ended ? Optional.of(exit(id, process.getExitStatus())) : Optional.empty());
  }

  /** How a task ended; its control group is there until the task is deleted. */
  public ExitStatus exit(String id, int code) {
    boolean killed = cgroups.memoryKills(HostCgroups.group(client.namespace(), id)) > 0;
    return new ExitStatus(code & 0xFF, killed);
  }

  /** Sends a signal; a task that is gone, or has ended, is left alone. */
  public void kill(String id, int signal, boolean all) {
    KillRequest request =
        KillRequest.newBuilder().setContainerId(id).setSignal(signal).setAll(all).build();
    client.call(
        "signal",
        id,
        () -> {
          try {
            return client.stubs().tasks().kill(request);
          } catch (StatusRuntimeException e) {
            if (ContainerdErrors.isNotFound(e) || hasEnded(e)) {
              return null;
            }
            throw e;
          }
        });
  }

  private static boolean hasEnded(StatusRuntimeException e) {
    String text = ContainerdErrors.daemonText(e);
    return text.contains("process already finished") || text.contains("not running");
  }

  /**
   * Waits for the end.
   *
   * @throws SandboxException {@code TIMEOUT}, {@code NOT_FOUND}
   */
  public ExitStatus await(String operation, String id, Duration timeout) {
    WaitRequest request = WaitRequest.newBuilder().setContainerId(id).build();
    long millis = Math.max(1, Math.min(timeout.toMillis(), TimeUnit.DAYS.toMillis(3650)));
    return client.call(
        operation,
        id,
        () -> {
          try {
            var stub = client.stubs().tasks().withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
            return exit(id, stub.wait(request).getExitStatus());
          } catch (StatusRuntimeException e) {
            if (isOverdue(e)) {
              throw error(Code.TIMEOUT, operation, id, "it still runs").cause(e).build();
            }
            if (ContainerdErrors.isNotFound(e)) {
              throw error(Code.NOT_FOUND, operation, id, "it has no task").cause(e).build();
            }
            throw e;
          }
        });
  }

  /** The deadline travels along, so the daemon may be the first to notice. */
  private static boolean isOverdue(StatusRuntimeException e) {
    return e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
        || (e.getStatus().getCode() == Status.Code.UNKNOWN
            && ContainerdErrors.daemonText(e).contains("context deadline exceeded"));
  }

  /** Kills all processes and waits for the end. */
  public void killAndWait(String operation, String id) {
    kill(id, SIGKILL, true);
    try {
      await(operation, id, KILL_PATIENCE);
    } catch (SandboxException e) {
      if (e.code() != Code.NOT_FOUND) {
        throw e;
      }
    }
  }

  /** Kills and deletes a task in whatever state it is; absence is success. */
  public void remove(String id) {
    DeleteTaskRequest request = DeleteTaskRequest.newBuilder().setContainerId(id).build();
    for (int attempt = 0; ; attempt++) {
      try {
        client.call("delete task of", id, () -> client.stubs().tasks().delete(request));
        return;
      } catch (SandboxException e) {
        if (e.code() == Code.NOT_FOUND) {
          return;
        }
        // Asking first would cost a call each time; mostly it has ended.
        if (!isRunning(e) || attempt > 1) {
          throw e;
        }
        resumeIfPaused(id);
        killAndWait("stop", id);
      }
    }
  }

  private static boolean isRunning(SandboxException e) {
    return e.code() == Code.CONFLICT || ContainerdErrors.daemonText(e).contains("cannot delete a ");
  }

  /** A frozen process gets no signal, not even the last one. */
  public void resumeIfPaused(String id) {
    if (find(id).map(task -> task.status() == TaskInfo.Status.PAUSED).orElse(false)) {
      resume(id);
    }
  }

  /** Freezes all processes of a task. */
  public void pause(String id) {
    PauseTaskRequest request = PauseTaskRequest.newBuilder().setContainerId(id).build();
    client.call("pause", id, () -> client.stubs().tasks().pause(request));
  }

  /** Lets the processes of a frozen task go on. */
  public void resume(String id) {
    ResumeTaskRequest request = ResumeTaskRequest.newBuilder().setContainerId(id).build();
    client.call("resume", id, () -> client.stubs().tasks().resume(request));
  }

  /** The beginning of an error about a task. */
  public static SandboxException.Builder error(
      Code code, String operation, String id, String detail) {
    return SandboxException.of(code, operation, id)
        .backend(ContainerdErrors.BACKEND)
        .detail(detail);
  }
}

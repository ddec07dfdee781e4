package dev.warren.containerd.internal.task;

import dev.warren.Network;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.tasks.CreateTaskRequest;
import dev.warren.containerd.internal.api.tasks.StartRequest;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.StartPreparation;
import dev.warren.containerd.internal.container.StartableContainer;
import dev.warren.containerd.internal.network.Attachments;
import dev.warren.containerd.internal.oci.SandboxRecord;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.engine.internal.retry.RetryPolicy;
import dev.warren.engine.internal.retry.RetryPolicy.Series;
import dev.warren.spi.TaskInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Starts tasks. Its steps are undone in reverse when one fails. Thread-safe. */
final class TaskStart {
  private final ContainerdClient client;
  private final TaskCalls calls;
  private final StartPreparation preparation;
  private final Attachments attachments;
  private final TaskLogs logs;

  TaskStart(
      ContainerdClient client,
      TaskCalls calls,
      StartPreparation preparation,
      Attachments attachments,
      TaskLogs logs) {
    this.client = client;
    this.calls = calls;
    this.preparation = preparation;
    this.attachments = attachments;
    this.logs = logs;
  }

  TaskInfo start(String id) {
    StartableContainer container = preparation.prepare(id);
    Optional<Network> network = container.sandbox().map(SandboxRecord::network);
    Path log = logs.create(id);
    long pid = 0;
    try {
      pid = create(id, container, log);
      if (network.isPresent() && !(network.get() instanceof Network.None)) {
        attachments.attach(id, pid, network.get() instanceof Network.Egress);
      }
      StartRequest request = StartRequest.newBuilder().setContainerId(id).build();
      client.call("start", id, () -> client.stubs().tasks().start(request));
      logs.keepOnly(log);
      return new TaskInfo(id, TaskInfo.Status.RUNNING, pid, Optional.empty(), Optional.empty());
    } catch (Running e) {
      logs.drop(log);
      throw TaskCalls.error(Code.CONFLICT, "start", id, "it runs already").build();
    } catch (RuntimeException e) {
      undo(id, e, pid);
      logs.drop(log);
      throw StartFault.explain(id, e);
    }
  }

  private long create(String id, StartableContainer container, Path log) {
    // Both streams have to be named: with one of them empty, shims of 1.6 and 1.7 crash.
    String output = log.toUri().toString();
    CreateTaskRequest request =
        CreateTaskRequest.newBuilder()
            .setContainerId(id)
            .addAllRootfs(container.rootfs())
            .setStdout(output)
            .setStderr(output)
            .build();
    Series attempts = EngineRetries.TASK_REMAINS.begin(failure -> true);
    for (boolean first = true; ; first = false) {
      try {
        return create(id, request);
      } catch (SandboxException e) {
        // A daemon that was killed tidies up after its next start, and not at once.
        Optional<Duration> pause = attempts.next(e).filter(any -> StartFault.isBundleLeft(e));
        boolean remains = e.code() == Code.ALREADY_EXISTS && first;
        if (pause.isEmpty() && !remains) {
          throw e;
        }
        removeRemains(id);
        pause.ifPresent(RetryPolicy::sleepInterrupted);
      }
    }
  }

  private long create(String id, CreateTaskRequest request) {
    return client.call(
        "start", id, () -> Integer.toUnsignedLong(client.stubs().tasks().create(request).getPid()));
  }

  /** An ended task, or one that a start before us did not get to run. */
  private void removeRemains(String id) {
    calls
        .find(id)
        .filter(TaskInfo::running)
        .ifPresent(
            task -> {
              throw new Running(id);
            });
    calls.remove(id);
    if (attachments.isKept(id)) {
      attachments.release(id, false);
    }
  }

  private void undo(String id, RuntimeException failure, long pid) {
    client.cleanUp("undo start of", id, () -> calls.remove(id));
    boolean unknown =
        pid == 0 && failure instanceof SandboxException known && isUnanswered(known.code());
    Series attempts = EngineRetries.LATE_TASK.begin(unanswered -> unknown);
    // The daemon may still be at it, and the task appear after it was looked for.
    while (attempts.pauseInterrupted(failure)) {
      client.cleanUp("undo start of", id, () -> calls.remove(id));
    }
    if (attachments.isKept(id)) {
      attachments.release(id, false);
    }
  }

  private static boolean isUnanswered(Code code) {
    return code == Code.CANCELLED || code == Code.TIMEOUT;
  }

  /** Tells "it runs", where nothing is to be undone, from all other failures. */
  private static final class Running extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Running(String id) {
      super(id);
    }
  }
}

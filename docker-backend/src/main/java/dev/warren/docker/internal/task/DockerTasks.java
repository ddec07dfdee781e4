package dev.warren.docker.internal.task;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.docker.internal.container.ContainerLookup;
import dev.warren.docker.internal.container.SandboxNetworks;
import dev.warren.docker.internal.container.StartCheck;
import dev.warren.docker.internal.container.TaskStates;
import dev.warren.docker.internal.network.DockerNetworks;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.Containers;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The running side of containers. */
public final class DockerTasks implements Tasks {
  private static final String START = "start";
  private static final String STOP = "stop";
  private static final int KILL = 9;

  /** The kernel needs a moment to end many processes. */
  private static final Duration TO_DIE = Duration.ofSeconds(60);

  private final DockerEngine engine;
  private final ContainerLookup lookup;
  private final Containers containers;
  private final SandboxNetworks networks;
  private final DockerNetworks attachments;
  private final StartCheck check;
  private final TaskLogs logs;
  private final boolean sharedHost;

  public DockerTasks(
      DockerEngine engine,
      ContainerLookup lookup,
      Containers containers,
      SandboxNetworks networks,
      DockerNetworks attachments,
      StartCheck check,
      TaskLogs logs,
      boolean sharedHost) {
    this.engine = engine;
    this.lookup = lookup;
    this.containers = containers;
    this.networks = networks;
    this.attachments = attachments;
    this.check = check;
    this.logs = logs;
    this.sharedHost = sharedHost;
  }

  @Override
  public TaskInfo start(String id) {
    InspectContainerResponse container = lookup.require(START, id);
    if (TaskStates.isRunning(container)) {
      throw runs(id);
    }
    check.check(id, container);
    networks.ensure(DockerNetworks.mode(container));
    logs.mark(id, container);
    startAtEngine(id, container.getId());
    return started(id, container.getId());
  }

  /** An earlier start that was cut off can have left remains, which go by themselves. */
  private void startAtEngine(String id, String engineId) {
    try {
      EngineRetries.CONTAINER_REMAINS.run(
          failure ->
              failure instanceof SandboxException known
                  && !DockerErrors.isNotModified(known)
                  && StartFault.isOfRemains(known),
          () -> engine.change(START, id, () -> engine.api().startContainerCmd(engineId).exec()));
    } catch (SandboxException e) {
      throw DockerErrors.isNotModified(e) ? runs(id) : StartFault.explain(id, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw DockerErrors.error(Code.CANCELLED, START, id)
          .detail("the calling thread was interrupted")
          .build();
    }
  }

  /** A task without its network would be one that nobody reaches. */
  private TaskInfo started(String id, String engineId) {
    try {
      InspectContainerResponse now = lookup.require(START, id);
      if (TaskStates.isRunning(now)) {
        now = attachments.attach(START, id, now);
      }
      return TaskStates.of(id, now, sharedHost)
          .orElseThrow(
              () ->
                  DockerErrors.error(Code.INTERNAL, START, id)
                      .detail("the engine started it and knows no task of it")
                      .build());
    } catch (RuntimeException e) {
      undo(engineId, e);
      throw e;
    }
  }

  private void undo(String engineId, RuntimeException cause) {
    boolean interrupted = Thread.interrupted();
    try {
      engine.change(
          STOP, "", () -> engine.api().killContainerCmd(engineId).withSignal("KILL").exec());
    } catch (SandboxException e) {
      cause.addSuppressed(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static SandboxException runs(String id) {
    return DockerErrors.error(Code.CONFLICT, START, id).detail("it runs already").build();
  }

  @Override
  public void stop(String id, StopOptions options) {
    if (lookup.find(STOP, id).isEmpty()) {
      return;
    }
    InspectContainerResponse container = lookup.require(STOP, id);
    if (!TaskStates.isRunning(container)) {
      return;
    }
    if (TaskStates.isPaused(container)) {
      // The engine signals nobody who cannot hear it.
      signal(id, () -> engine.api().unpauseContainerCmd(container.getId()).exec());
    }
    boolean ended =
        !options.grace().isZero()
            && send(id, container.getId(), options.signal())
            && endsWithin(id, container.getId(), options.grace());
    if (!ended && send(id, container.getId(), KILL)) {
      endsWithin(id, container.getId(), TO_DIE);
    }
  }

  /** Whether it still ran. */
  private boolean send(String id, String engineId, int signal) {
    return signal(
        id,
        () -> engine.api().killContainerCmd(engineId).withSignal(Integer.toString(signal)).exec());
  }

  private boolean signal(String id, Runnable request) {
    try {
      engine.change(
          STOP,
          id,
          () -> {
            request.run();
            return true;
          });
      return true;
    } catch (SandboxException e) {
      // It has ended, or is gone, since it was looked at.
      if (e.code() == Code.NOT_FOUND || !runsNow(id)) {
        return false;
      }
      throw e;
    }
  }

  private boolean runsNow(String id) {
    return lookup.find(STOP, id).filter(TaskStates::isRunning).isPresent();
  }

  private boolean endsWithin(String id, String engineId, Duration time) {
    try {
      awaitEnd(STOP, id, engineId, time);
      return true;
    } catch (SandboxException e) {
      if (e.code() == Code.NOT_FOUND) {
        return true;
      }
      if (e.code() == Code.TIMEOUT && !time.equals(TO_DIE)) {
        return false;
      }
      throw e;
    }
  }

  /** Returns when it does not run any more, without asking again and again. */
  private void awaitEnd(String operation, String id, String engineId, Duration timeout) {
    Request request =
        Request.builder()
            .method(Request.Method.POST)
            .path("/containers/" + engineId + "/wait")
            .build();
    engine.exchange(operation, id, timeout, request, body -> body.readAllBytes().length);
  }

  @Override
  public Optional<TaskInfo> get(String id) {
    return lookup
        .find("look up task of", id)
        .flatMap(container -> TaskStates.of(id, container, sharedHost));
  }

  @Override
  public List<TaskInfo> list() {
    List<TaskInfo> tasks = new ArrayList<>();
    for (ContainerInfo container : containers.list()) {
      lookup
          .findAny("list tasks", ContainerLookup.nameOf(container.id()))
          .flatMap(found -> TaskStates.of(container.id(), found, sharedHost))
          .ifPresent(tasks::add);
    }
    return List.copyOf(tasks);
  }

  @Override
  public ExitStatus awaitExit(String id, Duration timeout) {
    String operation = "await exit of";
    InspectContainerResponse container =
        lookup.find(operation, id).orElseThrow(() -> noTask(operation, id));
    TaskInfo task =
        TaskStates.of(id, container, sharedHost).orElseThrow(() -> noTask(operation, id));
    if (task.exit().isPresent()) {
      return task.exit().get();
    }
    awaitEnd(operation, id, container.getId(), timeout);
    return get(id)
        .flatMap(TaskInfo::exit)
        .orElseThrow(
            () ->
                DockerErrors.error(Code.CONFLICT, operation, id)
                    .detail("it was deleted or started again meanwhile")
                    .build());
  }

  @Override
  public InputStream logs(String id) {
    String operation = "read log of";
    InspectContainerResponse container =
        lookup.find(operation, id).orElseThrow(() -> noTask(operation, id));
    if (TaskStates.of(id, container, sharedHost).isEmpty()) {
      throw noTask(operation, id);
    }
    return logs.read(id, container);
  }

  private static SandboxException noTask(String operation, String id) {
    return DockerErrors.error(Code.NOT_FOUND, operation, id)
        .detail("it has not been started")
        .build();
  }
}

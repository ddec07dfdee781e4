package dev.warren.process;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.EventHub;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Tasks as process trees under the bridge's init, which outlive this JVM. */
final class ProcessTasks implements Tasks {
  private static final int KILLED = 137;
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

  private final ContainerStore store;
  private final Supplier<Path> bridge;
  private final EventHub events;
  private final Runnable ensureOpen;
  private final Set<Long> watched = ConcurrentHashMap.newKeySet();

  ProcessTasks(ContainerStore store, Supplier<Path> bridge, EventHub events, Runnable ensureOpen) {
    this.store = store;
    this.bridge = bridge;
    this.events = events;
    this.ensureOpen = ensureOpen;
  }

  @Override
  public TaskInfo start(String id) {
    ensureOpen.run();
    ContainerRecord record = store.require("start task", id);
    if (get(id).filter(TaskInfo::running).isPresent()) {
      throw error(Code.CONFLICT, "start task", id).detail("it is running").build();
    }
    try {
      new TaskLauncher(store, bridge).launch(record);
    } catch (IOException e) {
      throw ContainerStore.failed("start task", id, e);
    }
    TaskInfo task = require("start task", id);
    events.emit(new RuntimeEvent.Started(id));
    if (task.running()) {
      watch(task);
    } else {
      // It was quicker than this thread: nobody would see it end any more.
      ended(task);
    }
    return task;
  }

  @Override
  public void stop(String id, StopOptions options) {
    ensureOpen.run();
    Optional<TaskState> state = state(id);
    if (state.isEmpty() || !state.get().alive()) {
      return;
    }
    ProcessTree tree = new ProcessTree(state.get());
    if (!options.grace().isZero()) {
      tree.signal(options.signal());
      if (tree.awaitEnd(options.grace())) {
        return;
      }
    }
    tree.kill();
    if (!tree.awaitEnd(KILL_TIMEOUT)) {
      throw error(Code.TIMEOUT, "stop task", id)
          .detail("it did not end after SIGKILL")
          .remedy("a process hangs in the kernel; see its state in the host's process list")
          .build();
    }
  }

  @Override
  public Optional<TaskInfo> get(String id) {
    ensureOpen.run();
    return state(id).map(state -> info(id, state));
  }

  @Override
  public List<TaskInfo> list() {
    return store.ids().stream().flatMap(id -> get(id).stream()).toList();
  }

  @Override
  public ExitStatus awaitExit(String id, Duration timeout) {
    TaskInfo task = require("await exit of", id);
    if (task.running() && !new ProcessTree(state(id).orElseThrow()).awaitEnd(timeout)) {
      throw error(Code.TIMEOUT, "await exit of", id)
          .detail("it still runs after " + timeout)
          .build();
    }
    return require("await exit of", id).exit().orElseThrow();
  }

  @Override
  public InputStream logs(String id) {
    ensureOpen.run();
    try {
      return Files.newInputStream(store.log(id));
    } catch (NoSuchFileException e) {
      throw error(Code.NOT_FOUND, "read logs of", id).detail("it never ran").cause(e).build();
    } catch (IOException e) {
      throw ContainerStore.failed("read logs of", id, e);
    }
  }

  /** Watches tasks that were started by others, or before there was a listener. */
  void watchRunning() {
    list().stream().filter(TaskInfo::running).forEach(this::watch);
  }

  private void watch(TaskInfo task) {
    if (!events.watched() || !task.running() || !watched.add(task.pid())) {
      return;
    }
    CompletableFuture<?> unused =
        ProcessHandle.of(task.pid())
            .<CompletableFuture<?>>map(ProcessHandle::onExit)
            .orElseGet(() -> CompletableFuture.completedFuture(null))
            .whenComplete((handle, failure) -> ended(task));
  }

  private void ended(TaskInfo task) {
    watched.remove(task.pid());
    ExitStatus exit =
        state(task.id()).map(ProcessTasks::exitOf).orElse(new ExitStatus(KILLED, false));
    events.emit(new RuntimeEvent.Exited(task.id(), exit));
  }

  private TaskInfo require(String operation, String id) {
    ensureOpen.run();
    return get(id)
        .orElseThrow(
            () -> error(Code.NOT_FOUND, operation, id).detail("there is no such task").build());
  }

  private Optional<TaskState> state(String id) {
    try {
      return TaskState.read(store.taskState(id));
    } catch (IOException e) {
      throw ContainerStore.failed("read task", id, e);
    }
  }

  private TaskInfo info(String id, TaskState state) {
    boolean alive = state.alive();
    Optional<Instant> started =
        alive
            ? ProcessHandle.of(state.pid()).flatMap(handle -> handle.info().startInstant())
            : Optional.empty();
    return new TaskInfo(
        id,
        alive ? TaskInfo.Status.RUNNING : TaskInfo.Status.STOPPED,
        alive ? state.pid() : 0,
        started,
        alive ? Optional.empty() : Optional.of(exitOf(state)));
  }

  /** An init that left no exit code was killed. */
  private static ExitStatus exitOf(TaskState state) {
    return new ExitStatus(state.exit().orElse(KILLED), false);
  }

  private static SandboxException.Builder error(Code code, String operation, String id) {
    return SandboxException.of(code, operation, id).backend(ProcessRuntime.NAME);
  }
}

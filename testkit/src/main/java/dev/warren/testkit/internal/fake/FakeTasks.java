package dev.warren.testkit.internal.fake;

import dev.warren.Network;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks;
import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.internal.fake.FakeProcess.Ending;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The fake's tasks. Thread-safe. */
public final class FakeTasks implements Tasks {
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(10);

  private final FakeEngine engine;
  private final Gate gate;

  public FakeTasks(FakeEngine engine, Gate gate) {
    this.engine = engine;
    this.gate = gate;
  }

  @Override
  public TaskInfo start(String id) {
    String operation = "start task";
    gate.enter("tasks.start", id);
    FakeContainer container = engine.require(operation, id);
    if (container.running()) {
      throw FakeError.of(Code.CONFLICT, operation, id, "it is running");
    }
    FakeCommand command = command(operation, container);
    FakeTask task = new FakeTask(id);
    task.attach(address(operation, container));
    FakeProcess process =
        new FakeProcess(command, launch(container, task), ending -> ended(task, id, ending));
    task.begin(process);
    container.run(task);
    engine.events().emit(new RuntimeEvent.Started(id));
    process.start();
    return task.info();
  }

  @Override
  public void stop(String id, StopOptions options) {
    gate.enter("tasks.stop", id);
    end("stop task", id, options);
  }

  /** As {@link #stop}, as a part of another operation. */
  void end(String operation, String id, StopOptions options) {
    Optional<FakeTask> running =
        engine.find(id).flatMap(FakeContainer::task).filter(FakeTask::running);
    if (running.isEmpty()) {
      return;
    }
    FakeProcess process = running.get().process();
    gate.interruptibly(
        operation,
        id,
        () -> {
          if (!options.grace().isZero()) {
            process.signal(options.signal());
            if (process.await(options.grace())) {
              return 0;
            }
          }
          process.signal(FakeProcess.SIGKILL);
          process.await(KILL_TIMEOUT);
          return 0;
        });
  }

  @Override
  public Optional<TaskInfo> get(String id) {
    gate.enter("tasks.get", id);
    return engine.find(id).flatMap(FakeContainer::task).map(FakeTask::info);
  }

  @Override
  public List<TaskInfo> list() {
    gate.enter("tasks.list", "");
    return engine.containers().stream()
        .flatMap(container -> container.task().stream())
        .map(FakeTask::info)
        .toList();
  }

  @Override
  public ExitStatus awaitExit(String id, Duration timeout) {
    String operation = "await exit of";
    gate.enter("tasks.awaitExit", id);
    FakeTask task = require(operation, id);
    boolean ended = gate.interruptibly(operation, id, () -> task.process().await(timeout));
    if (!ended) {
      throw FakeError.of(Code.TIMEOUT, operation, id, "it still runs after " + timeout);
    }
    return task.exit().orElseThrow();
  }

  @Override
  public InputStream logs(String id) {
    gate.enter("tasks.logs", id);
    return require("read logs of", id).logSoFar();
  }

  FakeTask require(String operation, String id) {
    return engine
        .find(id)
        .flatMap(FakeContainer::task)
        .orElseThrow(() -> FakeError.of(Code.NOT_FOUND, operation, id, "it has no task"));
  }

  private FakeCommand command(String operation, FakeContainer container) {
    String word = container.spec().command().get(0);
    return engine
        .commands()
        .find(word)
        .orElseThrow(
            () ->
                SandboxException.of(Code.NOT_FOUND, operation, container.spec().id())
                    .backend(FakeError.BACKEND)
                    .detail("the fake has no command " + word)
                    .remedy("register it with FakeSandboxRuntime.Builder.command")
                    .build());
  }

  private @org.jspecify.annotations.Nullable InetAddress address(
      String operation, FakeContainer container) {
    if (container.spec().network() instanceof Network.None) {
      return null;
    }
    return engine
        .addresses()
        .take()
        .orElseThrow(
            () ->
                FakeError.of(
                    Code.RESOURCE_EXHAUSTED,
                    operation,
                    container.spec().id(),
                    "no address is left"));
  }

  private static Launch launch(FakeContainer container, FakeTask task) {
    Map<String, String> env = new HashMap<>(Map.of("PATH", "/usr/bin:/bin", "HOME", "/root"));
    env.putAll(container.spec().env());
    return new Launch(
        container.spec().command(),
        Map.copyOf(env),
        container.layer(),
        container.spec().workingDirectory().orElse("/"),
        InputStream.nullInputStream(),
        task.log(),
        task.log());
  }

  private void ended(FakeTask task, String id, Ending ending) {
    task.address().ifPresent(engine.addresses()::release);
    task.attach(null);
    ExitStatus status = new ExitStatus(ending.code(), false);
    task.end(status);
    engine.events().emit(new RuntimeEvent.Exited(id, status));
  }
}

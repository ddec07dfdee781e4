package dev.warren.testkit.internal.contract;

import static dev.warren.testkit.internal.contract.ContractBench.fails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Tasks.StopOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Cases of {@link SandboxRuntime#close}. */
public abstract class CloseCases extends ContractCases {

  protected CloseCases(ContractBench bench) {
    super(bench);
  }

  /** "Containers go on." */
  @Test
  void close_runningTask_goesOnAndTheNextRuntimeFindsIt() throws Exception {
    String id = bench.startSleeper();
    runtime().close();
    SandboxRuntime next = bench.reopen();
    assertThat(next.containers().get(id)).isPresent();
    assertThat(next.tasks().get(id).orElseThrow().running()).isTrue();
    next.tasks().stop(id, StopOptions.grace(ContractBench.LONG));
    assertThat(next.tasks().awaitExit(id, ContractBench.LONG).code()).isEqualTo(143);
  }

  /** "Calling it again does nothing." */
  @Test
  void close_twice_doesNothing() {
    runtime().close();
    runtime().close();
    fails(Code.CLOSED, () -> runtime().ping());
  }

  /** "a call after close() is CLOSED" */
  @Test
  void calls_afterClose_areClosed() {
    String id = bench.startSleeper();
    runtime().close();
    fails(Code.CLOSED, () -> containers().get(id));
    fails(Code.CLOSED, () -> containers().list());
    fails(Code.CLOSED, () -> containers().listByLabel("a"));
    fails(Code.CLOSED, () -> containers().delete(id));
    fails(
        Code.CLOSED,
        () -> containers().create(bench.spec(bench.id(), settings().sleepForever()).build()));
    fails(Code.CLOSED, () -> tasks().get(id));
    fails(Code.CLOSED, () -> tasks().list());
    fails(Code.CLOSED, () -> tasks().start(id));
    fails(Code.CLOSED, () -> tasks().stop(id, StopOptions.kill()));
    fails(Code.CLOSED, () -> tasks().awaitExit(id, Duration.ZERO));
    fails(Code.CLOSED, () -> tasks().logs(id));
    fails(Code.CLOSED, () -> networks().setUp(id));
    fails(Code.CLOSED, () -> networks().endpoint(id, 9090));
    fails(Code.CLOSED, () -> runtime().watch(event -> {}));
  }

  @Test
  void abilities_afterClose_areClosed() {
    runtime().close();
    String id = bench.id();
    runtime()
        .snapshots()
        .ifPresent(
            snapshots -> {
              fails(Code.CLOSED, snapshots::list);
              fails(Code.CLOSED, snapshots::orphaned);
            });
    runtime().metrics().ifPresent(metrics -> fails(Code.CLOSED, () -> metrics.get(id)));
    runtime().pause().ifPresent(pause -> fails(Code.CLOSED, () -> pause.pause(id)));
  }

  /** "Cheap: no call to the engine." */
  @Test
  void info_afterClose_stillAnswers() {
    String name = runtime().info().name();
    runtime().close();
    assertThat(runtime().info().name()).isEqualTo(name).isNotBlank();
  }

  @Test
  void ping_open_answers() {
    runtime().ping();
    assertThat(runtime().info().version()).isNotNull();
  }
}

package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ImageRef;
import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxInfo.State;
import dev.warren.spi.ContainerSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManagerLifecycleTest extends ManagerScenario {

  @Test
  void start_twice_returnsTheRunningSandbox() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
    assertThat(runtime.faults().calls("containers.create")).isEqualTo(1);
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(1);
    assertThat(runtime.bridges().connections()).isEqualTo(1);
  }

  @Test
  void stop_twiceOrAbsent_doesNothing() {
    manager.stop(BOT);
    manager.start(BOT);
    manager.stop(BOT);
    manager.stop(BOT);
    assertThat(manager.find(BOT).orElseThrow().info().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void start_afterStop_keepsTheDataAndTheView() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    sandbox.stop();
    fails(Code.UNAVAILABLE, () -> sandbox.files().readString("notes.txt"));
    manager.start(BOT);
    assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void delete_runningThenAbsent_leavesNothing() {
    manager.start(BOT);
    manager.delete(BOT);
    manager.delete(BOT);
    assertThat(manager.find(BOT)).isEmpty();
    assertNothingThere();
  }

  @Test
  void delete_thenStart_beginsEmpty() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    manager.delete(BOT);
    assertThat(manager.start(BOT).files().exists("notes.txt")).isFalse();
  }

  private void foreign() {
    ImageRef image = ImageRef.parse(FakeSandboxRuntime.IMAGE);
    manager.init();
    runtime.containers().create(ContainerSpec.builder(ID, image, List.of("sleep", "9")).build());
  }

  @Test
  void anything_onForeignContainerOfThatName_isConflictAndTouchesNothing() {
    foreign();
    fails(Code.CONFLICT, () -> manager.start(BOT));
    fails(Code.CONFLICT, () -> manager.stop(BOT));
    fails(Code.CONFLICT, () -> manager.delete(BOT));
    fails(Code.CONFLICT, () -> manager.deletePreserving(BOT));
    assertThat(runtime.containers().get(ID)).isPresent();
    assertThat(runtime.tasks().get(ID)).isEmpty();
    assertThat(manager.list()).isEmpty();
    assertThat(manager.reconcile().sandboxes()).isEmpty();
  }

  @Test
  void start_botOfAnotherManager_isConflict() {
    open(builder().name("other")).start(BOT);
    fails(Code.CONFLICT, () -> manager.start(BOT));
    assertThat(running()).isTrue();
  }

  @Test
  void start_lostContainer_takesItsLayerUpAgain() {
    manager.start(BOT).files().writeString("notes.txt", "precious");
    manager.stop(BOT);
    runtime.lose(ID);
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
  }

  @Test
  void secondManager_findsTheRunningSandbox() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    manager.close();
    BotContainerManager next = open(builder());
    assertThat(next.find(BOT).orElseThrow().files().readString("notes.txt")).isEqualTo("hello");
    assertThat(next.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(1);
  }

  @Test
  void calls_afterClose_areClosed_andSandboxesGoOn() {
    Sandbox sandbox = manager.start(BOT);
    manager.close();
    manager.close();
    fails(Code.CLOSED, () -> manager.start(BOT));
    fails(Code.CLOSED, () -> manager.list());
    fails(Code.CLOSED, () -> sandbox.files().readString("notes.txt"));
    assertThat(running()).isTrue();
  }

  @Test
  void close_withStopOnClose_stopsItsSandboxesOnly() {
    BotContainerManager stopping = open(builder().name("stopping").stopOnClose());
    BotId other = BotId.of("other");
    stopping.start(other);
    manager.start(BOT);
    stopping.close();
    assertThat(running()).isTrue();
    assertThat(runtime.tasks().get("warren-other").orElseThrow().running()).isFalse();
  }

  @Test
  void connection_dropped_callsGoOnOverANewOne() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    runtime.bridges().dropConnections(BOT);
    assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
  }
}

package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.Hardening;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagerRollbackTest extends ManagerScenario {

  /** Each call to the engine that a first start makes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "containers.get",
        "images.get",
        "images.pull",
        "containers.create",
        "tasks.start",
        "tasks.logs",
        "networks.endpoint"
      })
  void start_stepFails_leavesNothing(String operation) {
    runtime.faults().fail(operation, Code.RESOURCE_EXHAUSTED);
    fails(Code.RESOURCE_EXHAUSTED, () -> manager.start(BOT));
    runtime.faults().clear();
    assertNothingThere();
    manager.start(BOT).files().writeString("notes.txt", "works now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tasks.start", "tasks.logs", "networks.endpoint"})
  void start_existingStepFails_keepsTheDataAndIsStopped(String operation) {
    manager.start(BOT).files().writeString("notes.txt", "precious");
    manager.stop(BOT);
    runtime.faults().fail(operation, Code.RESOURCE_EXHAUSTED);
    fails(Code.RESOURCE_EXHAUSTED, () -> manager.start(BOT));
    runtime.faults().clear();
    assertThat(running()).isFalse();
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
  }

  @Test
  void start_readOnlyRootWhereNoDirectoryCanBeMounted_isRefused_andLeavesNothing() {
    SandboxSpec spec =
        SandboxSpec.builder().hardening(Hardening.defaults().withReadOnlyRoot()).build();
    fails(Code.UNSUPPORTED, () -> manager.start(BOT, spec));
    assertNothingThere();
  }

  @Test
  void start_noAddress_isAnErrorAndRolledBack() {
    runtime.faults().fail("networks.endpoint", Code.UNAVAILABLE);
    SandboxException failure = fails(Code.UNAVAILABLE, () -> manager.start(BOT));
    assertThat(failure.backend()).contains("fake");
    runtime.faults().clear();
    assertNothingThere();
  }

  @Test
  void start_rollbackFailsToo_tellsBoth() {
    runtime.faults().fail("tasks.start", Code.RESOURCE_EXHAUSTED);
    runtime.faults().fail("containers.delete", Code.INTERNAL);
    SandboxException failure = fails(Code.RESOURCE_EXHAUSTED, () -> manager.start(BOT));
    assertThat(failure.getSuppressed())
        .anyMatch(e -> e instanceof SandboxException s && s.code() == Code.INTERNAL);
  }

  @Test
  void start_silentBridge_timesOutAndIsRolledBack() {
    runtime.bridges().silent(true);
    BotContainerManager hasty = open(builder().startTimeout(Duration.ofMillis(500)));
    fails(Code.TIMEOUT, () -> hasty.start(BOT));
    runtime.bridges().silent(false);
    assertNothingThere();
  }

  @Test
  void start_bridgeOfAnotherSandbox_isRefused() {
    runtime.bridges().answerAs("warren-other");
    fails(Code.CONFLICT, () -> manager.start(BOT));
    runtime.bridges().behave();
    assertNothingThere();
  }

  @Test
  void start_bridgeWithAnotherKey_isRefused() {
    runtime.bridges().forgeSignatures(true);
    fails(Code.PERMISSION_DENIED, () -> manager.start(BOT));
    runtime.bridges().behave();
    assertNothingThere();
  }

  @Test
  void start_bridgeOfAnotherVersion_isUnsupported() {
    runtime.bridges().protocol(2);
    fails(Code.UNSUPPORTED, () -> manager.start(BOT));
    runtime.bridges().behave();
    assertNothingThere();
  }

  @Test
  void start_ghostThatDoesNotAnswer_isStartedAgainWithItsData() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "precious");
    manager.close();
    runtime.bridges().silent(true);
    runtime
        .faults()
        .onCall(
            (operation, subject) -> {
              if (operation.equals("tasks.stop")) {
                runtime.bridges().silent(false);
              }
            });
    BotContainerManager next = open(builder().startTimeout(Duration.ofMillis(500)));
    assertThat(next.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(2);
  }

  @Test
  void start_interruptedInTheMiddle_isCancelledAndRolledBack() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    runtime
        .faults()
        .onCall(
            (operation, subject) -> {
              if (operation.equals("networks.endpoint")) {
                reached.countDown();
              }
            })
        .delay("networks.endpoint", Duration.ofMinutes(5));
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              fails(Code.CANCELLED, () -> manager.start(BOT));
              flag.complete(Thread.currentThread().isInterrupted());
            });
    thread.start();
    assertThat(reached.await(30, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    runtime.faults().clear();
    assertNothingThere();
  }
}

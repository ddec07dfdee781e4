package dev.warren.examples.botservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.examples.botservice.Answer.Outcome;
import dev.warren.testkit.FakeInvocation;
import dev.warren.testkit.FakeSandboxRuntime;
import dev.warren.testkit.WarrenExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The service on a fake runtime: no engine, no root, no network. */
@Timeout(60)
class ScriptServiceTest {
  private static final BotId BOT = BotId.of("bot-42");
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final Duration IDLE = Duration.ofMinutes(30);

  /** The sandboxes have one program besides the standard ones: it stands for Python. */
  @RegisterExtension
  final WarrenExtension warren = WarrenExtension.fake(fake -> fake.command("python", this::python));

  private final MovableClock clock = new MovableClock();
  private final List<Duration> pauses = new ArrayList<>();
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);
  private BotContainerManager manager;
  private FakeSandboxRuntime runtime;
  private ScriptService service;

  @BeforeEach
  void openService(BotContainerManager given, FakeSandboxRuntime engine) {
    manager = given;
    runtime = engine;
    service = service(Duration.ofSeconds(30));
  }

  @AfterEach
  void removeWhatIsLeft() {
    runtime.faults().clear();
    runtime.bridges().behave();
    manager.delete(BOT);
  }

  private ScriptService service(Duration scriptLimit) {
    return new ScriptService(
        manager, new RunQuota(3, WINDOW, clock), clock, pauses::add, scriptLimit);
  }

  /** What the scripts of these tests do. */
  private int python(FakeInvocation call) throws IOException, InterruptedException {
    String script = Files.readString(call.path(call.argv().get(1)));
    switch (script) {
      case "count" -> {
        // A script that keeps something in the sandbox.
        Files.writeString(call.path("count.txt"), count(call) + "x");
        call.print(count(call));
      }
      case "fail" -> {
        call.printError("NameError: name 'x' is not defined\n");
        return 1;
      }
      case "hang" -> new CountDownLatch(1).await();
      case "wait" -> {
        entered.countDown();
        leave.await();
        call.print("waited");
      }
      default -> call.print("ran " + script);
    }
    return 0;
  }

  private static String count(FakeInvocation call) throws IOException {
    var file = call.path("count.txt");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Test
  void run_script_reachesTheSandboxAsAFile_andItsOutputComesBack() {
    assertThat(service.run(BOT, "print(1)")).isEqualTo(new Answer(Outcome.DONE, "ran print(1)"));
    assertThat(manager.find(BOT).orElseThrow().files().readString("script.py"))
        .isEqualTo("print(1)");
  }

  @Test
  void run_scriptFails_isToldToTheBot_andNotRunAgain() {
    Answer answer = service.run(BOT, "fail");
    assertThat(answer.outcome()).isEqualTo(Outcome.SCRIPT_FAILED);
    assertThat(answer.text()).contains("NameError");
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_scriptHangs_isEndedAfterItsTime() {
    Answer answer = service(Duration.ofMillis(300)).run(BOT, "hang");
    assertThat(answer.outcome()).isEqualTo(Outcome.TOO_SLOW);
    assertThat(service.run(BOT, "next").outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void run_engineIsAwayForAMoment_isTriedAgainWithLongerPauses() {
    runtime.faults().failTimes("tasks.start", 2, Code.UNAVAILABLE);
    assertThat(service.run(BOT, "print(1)").outcome()).isEqualTo(Outcome.DONE);
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(3);
    assertThat(pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400));
  }

  @Test
  void run_engineStaysAway_givesUp_andLeavesNothingBehind() {
    runtime.faults().fail("tasks.start", Code.UNAVAILABLE);
    assertThat(service.run(BOT, "print(1)").outcome()).isEqualTo(Outcome.TRY_LATER);
    assertThat(runtime.faults().calls("tasks.start")).isEqualTo(3);
    assertThat(runtime.containers().list()).isEmpty();
  }

  @Test
  void run_diskIsFull_isNotTriedAgain() {
    runtime.faults().fail("containers.create", Code.RESOURCE_EXHAUSTED);
    assertThat(service.run(BOT, "print(1)").outcome()).isEqualTo(Outcome.TRY_LATER);
    assertThat(runtime.faults().calls("containers.create")).isEqualTo(1);
    assertThat(pauses).isEmpty();
  }

  @Test
  void run_connectionWasLostInBetween_works() {
    service.run(BOT, "print(1)");
    runtime.bridges().dropConnections(BOT);
    assertThat(service.run(BOT, "print(2)")).isEqualTo(new Answer(Outcome.DONE, "ran print(2)"));
  }

  @Test
  void run_quotaIsUsedUp_isRefusedBeforeAnythingStarts_untilTimeHasPassed() {
    for (int i = 0; i < 3; i++) {
      service.run(BOT, "print(1)");
    }
    manager.delete(BOT);
    assertThat(service.run(BOT, "print(1)").outcome()).isEqualTo(Outcome.REFUSED);
    assertThat(manager.find(BOT)).isEmpty();
    clock.advance(WINDOW);
    assertThat(service.run(BOT, "print(1)").outcome()).isEqualTo(Outcome.DONE);
  }

  @Test
  void stopIdle_unusedSandbox_isStopped_andItsDataIsThereForTheNextScript() {
    service.run(BOT, "count");
    clock.advance(IDLE.minusSeconds(1));
    assertThat(service.stopIdle(IDLE)).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(service.stopIdle(IDLE)).isEqualTo(1);
    assertThat(manager.find(BOT).orElseThrow().info().running()).isFalse();
    assertThat(service.stopIdle(IDLE)).isZero();
    assertThat(service.run(BOT, "count")).isEqualTo(new Answer(Outcome.DONE, "xx"));
  }

  @Test
  void stopIdle_scriptThatRunsForLong_isNotCutOff() throws Exception {
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> service.run(BOT, "wait"));
    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
    clock.advance(IDLE.multipliedBy(2));
    assertThat(service.stopIdle(IDLE)).isZero();
    leave.countDown();
    assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(new Answer(Outcome.DONE, "waited"));
  }

  @Test
  void retire_keepsTheData_andBringBackRestoresIt() {
    service.run(BOT, "count");
    Backup backup = service.retire(BOT);
    assertThat(manager.find(BOT)).isEmpty();
    service.bringBack(backup);
    assertThat(service.run(BOT, "count")).isEqualTo(new Answer(Outcome.DONE, "xx"));
    manager.delete(backup);
  }

  @Test
  void retire_copyFails_keepsTheSandboxWithItsData() {
    service.run(BOT, "count");
    runtime.bridges().breakExports(true);
    assertThatThrownBy(() -> service.retire(BOT)).isInstanceOf(SandboxException.class);
    runtime.bridges().behave();
    assertThat(manager.backups(BOT)).isEmpty();
    assertThat(service.run(BOT, "count")).isEqualTo(new Answer(Outcome.DONE, "xx"));
  }
}

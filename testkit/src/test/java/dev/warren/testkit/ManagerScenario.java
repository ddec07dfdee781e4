package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.TaskInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A manager on a fake, and what its tests ask again and again. */
@Timeout(120)
abstract class ManagerScenario {
  static final BotId BOT = BotId.of("bot-42");
  static final String ID = "warren-bot-42";

  final FakeSandboxRuntime runtime =
      FakeSandboxRuntime.builder().image("localhost/warren/other:1").build();
  private final List<BotContainerManager> managers = new ArrayList<>();
  final BotContainerManager manager = open(builder());

  BotContainerManager.Builder builder() {
    return BotContainerManager.builder(runtime)
        .sharedRuntime()
        .image(FakeSandboxRuntime.IMAGE)
        .stopGrace(Duration.ofSeconds(5));
  }

  final BotContainerManager open(BotContainerManager.Builder builder) {
    BotContainerManager made = builder.build();
    managers.add(made);
    return made;
  }

  @AfterEach
  void closeAll() {
    runtime.faults().clear();
    runtime.bridges().behave();
    managers.forEach(BotContainerManager::close);
    Eventually.soon().until("no connection stays", () -> runtime.bridges().connections() == 0);
    runtime.destroy();
  }

  boolean running() {
    return runtime.tasks().get(ID).filter(TaskInfo::running).isPresent();
  }

  void assertNothingThere() {
    assertThat(runtime.containers().list()).isEmpty();
    assertThat(runtime.tasks().list()).isEmpty();
    assertThat(runtime.snapshots().orElseThrow().orphaned()).isEmpty();
    assertThat(runtime.stateDirectory().directory("sandboxes")).isEmptyDirectory();
  }

  static SandboxException fails(Code code, ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    assertThat(failure).isInstanceOf(SandboxException.class);
    SandboxException exception = (SandboxException) failure;
    assertThat(exception.code()).as(exception.toString()).isEqualTo(code);
    return exception;
  }
}

package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SmokeTest {
  @Test
  void manager_onFake_startsWritesExecutesDeletesRestores() {
    FakeSandboxRuntime runtime = FakeSandboxRuntime.create();
    BotId bot = BotId.of("bot-42");
    try (BotContainerManager manager =
        BotContainerManager.builder(runtime).image(FakeSandboxRuntime.IMAGE).build()) {
      Sandbox sandbox = manager.start(bot);
      sandbox.files().writeString("notes.txt", "hello");
      assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
      assertThat(sandbox.exec("sh", "-c", "cat notes.txt; exit 3").stdout()).isEqualTo("hello");
      assertThat(sandbox.exec(ExecRequest.builder("cat").stdin("in").build()).stdout())
          .isEqualTo("in");
      Backup backup = manager.deletePreserving(bot);
      assertThat(manager.list()).isEmpty();
      manager.start(bot);
      assertThat(sandbox.files().exists("notes.txt")).isFalse();
      manager.restore(backup);
      assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
      assertThat(runtime.bridges().connections()).isEqualTo(1);
      manager.delete(bot);
    }
    Eventually.soon().until("closed", () -> runtime.bridges().connections() == 0);
    runtime.destroy();
  }
}

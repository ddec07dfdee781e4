package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.Sandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class WarrenExtensionTest {
  @RegisterExtension
  static final WarrenExtension WARREN =
      WarrenExtension.fake(
          fake ->
              fake.command(
                  "greet",
                  invocation -> {
                    invocation.print("hello " + invocation.argv().get(1));
                    return 7;
                  }));

  @Test
  void sandbox_injected_runsScriptedCommands(Sandbox sandbox) {
    assertThat(sandbox.exec("greet", "bot").stdout()).isEqualTo("hello bot");
    assertThat(sandbox.exec("/usr/bin/greet", "bot").exit().code()).isEqualTo(7);
  }

  @Test
  void sandbox_injected_feedsStdinAndEnvironment(Sandbox sandbox) {
    assertThat(sandbox.exec(ExecRequest.builder("cat").stdin("in").build()).stdout())
        .isEqualTo("in");
    assertThat(
            sandbox.exec(ExecRequest.shell("echo \"$NAME\"").env("NAME", "a  b").build()).stdout())
        .isEqualTo("a  b\n");
  }

  @Test
  void managerAndRuntime_injected_belongTogether(
      BotContainerManager manager, FakeSandboxRuntime runtime) {
    manager.start(BotId.of("bot"));
    assertThat(runtime.tasks().list()).hasSize(1);
    manager.delete(BotId.of("bot"));
  }
}

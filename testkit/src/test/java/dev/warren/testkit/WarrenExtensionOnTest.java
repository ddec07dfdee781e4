package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.InterceptedRuntime.Interceptor;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class WarrenExtensionOnTest {
  private static final List<String> CALLS = new CopyOnWriteArrayList<>();

  @RegisterExtension
  static final WarrenExtension WARREN =
      WarrenExtension.on(
          state ->
              InterceptedRuntime.of(
                  ProcessRuntime.open(state),
                  new Interceptor() {
                    @Override
                    public void before(String call) {
                      CALLS.add(call);
                    }
                  }));

  @Test
  void managerAndRuntime_areOnTheOneThatWasGiven(
      BotContainerManager manager, SandboxRuntime runtime) {
    manager.start(BotId.of("bot"));
    assertThat(runtime.info().name()).isEqualTo("process");
    assertThat(runtime.tasks().list()).hasSize(1);
    assertThat(CALLS).contains("Containers.create", "Tasks.start");
    manager.delete(BotId.of("bot"));
  }
}

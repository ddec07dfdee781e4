package dev.warren.testkit;

import dev.warren.ImageRef;
import dev.warren.spi.SandboxRuntime;
import java.util.List;
import java.util.concurrent.CountDownLatch;

class FakeSandboxRuntimeContractTest extends SandboxRuntimeContract {
  private final FakeSandboxRuntime engine =
      FakeSandboxRuntime.builder()
          .command(
              "run-until-term",
              invocation -> {
                invocation.print("ready\n");
                new CountDownLatch(1).await();
                return 0;
              })
          .command(
              "ignore-term",
              invocation -> {
                invocation.onSignal(15, () -> {});
                invocation.print("ready\n");
                new CountDownLatch(1).await();
                return 0;
              })
          .build();

  @Override
  protected void dispose() {
    engine.destroy();
  }

  @Override
  protected SandboxRuntime open() {
    return engine.reopen();
  }

  @Override
  protected ImageRef image() {
    return ImageRef.parse(FakeSandboxRuntime.IMAGE);
  }

  @Override
  protected boolean registryAnswers() {
    return true;
  }

  @Override
  protected List<String> sleepForever() {
    return List.of("run-until-term");
  }

  @Override
  protected List<String> ignoreTerm() {
    return List.of("ignore-term");
  }

  @Override
  protected boolean loseContainer(SandboxRuntime runtime, String id) {
    engine.lose(id);
    return true;
  }
}

package dev.warren.examples.capped;

import dev.warren.ImageRef;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.FakeSandboxRuntime;
import dev.warren.testkit.SandboxRuntimeContract;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * The same on a runtime with more abilities: images, networks, snapshots, metrics and pause have to
 * come through. The fake has no shell that knows signals, so it gets the two programs that the
 * contract needs.
 */
class CappedFakeContractTest extends SandboxRuntimeContract {
  private final FakeSandboxRuntime engine =
      FakeSandboxRuntime.builder()
          .command(
              "run-until-term",
              call -> {
                call.print("ready\n");
                new CountDownLatch(1).await();
                return 0;
              })
          .command(
              "ignore-term",
              call -> {
                call.onSignal(15, () -> {});
                call.print("ready\n");
                new CountDownLatch(1).await();
                return 0;
              })
          .build();

  @Override
  protected SandboxRuntime open() {
    return CappedRuntime.of(engine.reopen(), 1000);
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

  @Override
  protected void dispose() {
    engine.destroy();
  }
}

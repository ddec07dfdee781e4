package dev.warren.examples.capped;

import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.SandboxRuntimeContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract of all runtimes, on this one. The limit is high enough not to be met; what happens
 * when it is met is in {@link CappedRuntimeTest}.
 */
class CappedRuntimeContractTest extends SandboxRuntimeContract {
  @TempDir Path directory;

  /** All runtimes that it opens share the directory, and so drive one engine. */
  @Override
  protected SandboxRuntime open() {
    return CappedRuntime.of(ProcessRuntime.open(StateDirectory.at(directory)), 1000);
  }
}

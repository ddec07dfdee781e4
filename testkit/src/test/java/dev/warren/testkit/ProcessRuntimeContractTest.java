package dev.warren.testkit;

import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class ProcessRuntimeContractTest extends SandboxRuntimeContract {
  @TempDir Path directory;

  @Override
  protected SandboxRuntime open() {
    return ProcessRuntime.open(StateDirectory.at(directory));
  }
}

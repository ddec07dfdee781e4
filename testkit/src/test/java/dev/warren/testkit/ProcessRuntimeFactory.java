package dev.warren.testkit;

import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.SandboxRuntime;

/** Opens the embedded runtime. */
public final class ProcessRuntimeFactory implements RuntimeFactory {
  @Override
  public SandboxRuntime open(StateDirectory state) {
    return ProcessRuntime.open(state);
  }
}

package dev.warren.examples.capped;

import dev.warren.StateDirectory;
import dev.warren.process.ProcessRuntime;
import dev.warren.process.ProcessRuntimeProvider;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;

/** Makes it known to {@code SandboxRuntimes} as {@code capped-process}. */
public final class CappedProcessProvider implements SandboxRuntimeProvider {
  static final String NAME = "capped-process";
  private static final int MOST = 50;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Availability probe() {
    return new ProcessRuntimeProvider().probe();
  }

  @Override
  public SandboxRuntime open(StateDirectory stateDirectory) {
    return CappedRuntime.of(ProcessRuntime.open(stateDirectory), MOST);
  }
}

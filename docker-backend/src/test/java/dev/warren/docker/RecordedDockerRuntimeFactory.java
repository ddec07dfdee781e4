package dev.warren.docker;

import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.RuntimeFactory;

/** Opens the runtime as if the engine shared nothing with this host, through the proxy. */
public final class RecordedDockerRuntimeFactory implements RuntimeFactory {
  @Override
  public SandboxRuntime open(StateDirectory state) {
    return EngineUnderTest.local()
        .builder("archive-test")
        .endpoint(ArchiveRuleIT.proxy().address())
        .sharedHost(false)
        .stateDirectory(state)
        .build();
  }
}

package dev.warren.docker;

import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.RuntimeFactory;

/** Opens the runtime on the remote engine, the same one for each JVM of a test. */
public final class RemoteDockerRuntimeFactory implements RuntimeFactory {
  @Override
  public SandboxRuntime open(StateDirectory state) {
    return EngineUnderTest.remote().builder("manager-test").stateDirectory(state).build();
  }
}

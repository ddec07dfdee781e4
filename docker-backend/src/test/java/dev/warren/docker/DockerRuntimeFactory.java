package dev.warren.docker;

import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.RuntimeFactory;

/** Opens the runtime on the local engine, the same one for each JVM of a test. */
public final class DockerRuntimeFactory implements RuntimeFactory {
  @Override
  public SandboxRuntime open(StateDirectory state) {
    return EngineUnderTest.local().builder("manager-test").stateDirectory(state).build();
  }
}

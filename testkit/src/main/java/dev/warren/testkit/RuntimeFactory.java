package dev.warren.testkit;

import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.StateDirectory;

/** Opens the runtime under test, also in another JVM: it needs a constructor without arguments. */
public interface RuntimeFactory {
  SandboxRuntime open(StateDirectory state);
}

package dev.warren.testkit;

import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;

/**
 * Opens the runtime under test. For {@link ManagerContract} and {@link HostCrashContract}, which
 * open it in other JVMs, it is a public class with a constructor without arguments.
 */
@FunctionalInterface
public interface RuntimeFactory {
  SandboxRuntime open(StateDirectory state);
}

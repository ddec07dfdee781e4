package dev.warren.process;

import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.SandboxRuntimeProvider;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes {@link ProcessRuntime} known as {@code process}. */
public final class ProcessRuntimeProvider implements SandboxRuntimeProvider {

  @Override
  public String name() {
    return ProcessRuntime.NAME;
  }

  @Override
  public boolean embedded() {
    return true;
  }

  @Override
  public Availability probe() {
    return Files.isDirectory(Path.of("/proc/self"))
        ? new Availability.Available("plain processes of this host, without isolation")
        : new Availability.Unavailable(
            "it needs Linux; use an engine in a virtual machine instead");
  }

  @Override
  public SandboxRuntime open(StateDirectory stateDirectory) {
    return ProcessRuntime.open(stateDirectory);
  }
}

package dev.warren.containerd;

import dev.warren.StateDirectory;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.RuntimeFactory;
import java.nio.file.Path;

/** Opens the runtime of one namespace and bridge; the same ones for each JVM of a test. */
public final class ContainerdRuntimeFactory implements RuntimeFactory {
  static final String NAMESPACE = "manager-test";

  @Override
  public SandboxRuntime open(StateDirectory state) {
    return ContainerdRuntime.builder()
        .socket(TestEngine.require().socket())
        .namespace(NAMESPACE)
        .cni(cni())
        .stateDirectory(state)
        .build();
  }

  /** For after the last test. */
  static void removeTraces() {
    HostTraces.remove(cni(), NAMESPACE);
  }

  private static CniOptions cni() {
    String plugins = System.getenv().getOrDefault("WARREN_TEST_CNI_BIN", "/usr/lib/cni");
    return CniOptions.defaults()
        .withBinDirectories(Path.of(plugins))
        .withBridge("wct250", "10.214.250.0/24");
  }
}

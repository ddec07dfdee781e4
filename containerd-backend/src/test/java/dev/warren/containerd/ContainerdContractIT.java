package dev.warren.containerd;

import dev.warren.ImageRef;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.SandboxRuntimeContract;
import dev.warren.testsupport.Exclusive;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@Exclusive(ContainerdRuntimeFactory.NAMESPACE)
class ContainerdContractIT extends SandboxRuntimeContract {
  @TempDir Path directory;

  @Override
  protected SandboxRuntime open() {
    return new ContainerdRuntimeFactory().open(StateDirectory.at(directory));
  }

  @Override
  protected ImageRef image() {
    return ImageRef.parse(TestEngine.require().image());
  }

  @Override
  protected boolean registryAnswers() {
    return true;
  }

  /** The daemon's own tool takes the container away and leaves its layer. */
  @Override
  protected boolean loseContainer(SandboxRuntime runtime, String id) {
    String socket = TestEngine.require().socket().toString();
    RuntimeFixture.shell(
        "ctr",
        "-a",
        socket,
        "-n",
        ContainerdRuntimeFactory.NAMESPACE,
        "containers",
        "rm",
        "--keep-snapshot",
        id);
    return true;
  }

  @AfterAll
  static void removeTraces() {
    ContainerdRuntimeFactory.removeTraces();
  }
}

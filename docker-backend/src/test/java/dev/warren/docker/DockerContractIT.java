package dev.warren.docker;

import dev.warren.ImageRef;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import dev.warren.testkit.SandboxRuntimeContract;
import dev.warren.testsupport.Exclusive;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
class DockerContractIT extends SandboxRuntimeContract {
  @TempDir Path directory;

  @Override
  protected SandboxRuntime open() {
    return new DockerRuntimeFactory().open(StateDirectory.at(directory));
  }

  @Override
  protected ImageRef image() {
    return ImageRef.parse(EngineUnderTest.local().image());
  }

  @Override
  protected boolean registryAnswers() {
    return true;
  }
}

package dev.warren.docker;

import dev.warren.testkit.HostCrashContract;
import dev.warren.testkit.RuntimeFactory;
import dev.warren.testsupport.Exclusive;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

@Tag("engine")
@Exclusive(EngineUnderTest.REMOTE)
@Tag("once")
class RemoteDockerHostCrashIT extends HostCrashContract {
  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return RemoteDockerRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.of(EngineUnderTest.remote().image());
  }
}

package dev.warren.docker;

import dev.warren.testkit.ManagerContract;
import dev.warren.testkit.RuntimeFactory;
import dev.warren.testsupport.Exclusive;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

@Tag("engine")
@Exclusive(EngineUnderTest.REMOTE)
class RemoteDockerManagerIT extends ManagerContract {
  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return RemoteDockerRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.of(EngineUnderTest.remote().image());
  }
}

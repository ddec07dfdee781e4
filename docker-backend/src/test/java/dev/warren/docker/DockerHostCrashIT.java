package dev.warren.docker;

import dev.warren.testkit.HostCrashContract;
import dev.warren.testkit.RuntimeFactory;
import dev.warren.testsupport.Exclusive;
import java.util.Optional;
import org.junit.jupiter.api.Tag;

@Tag("engine")
@Exclusive(EngineUnderTest.LOCAL)
@Tag("once")
class DockerHostCrashIT extends HostCrashContract {
  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return DockerRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.of(EngineUnderTest.local().image());
  }
}

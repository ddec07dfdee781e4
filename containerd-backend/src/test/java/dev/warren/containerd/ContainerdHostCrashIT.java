package dev.warren.containerd;

import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.testkit.HostCrashContract;
import dev.warren.testkit.RuntimeFactory;
import dev.warren.testsupport.Exclusive;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

@Tag("engine")
@Exclusive(ContainerdRuntimeFactory.NAMESPACE)
class ContainerdHostCrashIT extends HostCrashContract {
  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return ContainerdRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.of(TestEngine.require().image());
  }

  @AfterAll
  static void removeTraces() {
    ContainerdRuntimeFactory.removeTraces();
  }
}

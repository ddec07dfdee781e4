package dev.warren.containerd;

import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.testkit.ManagerContract;
import dev.warren.testkit.RuntimeFactory;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.ResourceLock;

@Tag("engine")
@ResourceLock(ContainerdRuntimeFactory.NAMESPACE)
class ContainerdManagerIT extends ManagerContract {
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

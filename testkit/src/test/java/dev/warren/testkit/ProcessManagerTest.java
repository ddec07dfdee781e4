package dev.warren.testkit;

import java.util.Optional;

class ProcessManagerTest extends ManagerContract {
  @Override
  protected Class<? extends RuntimeFactory> factory() {
    return ProcessRuntimeFactory.class;
  }

  @Override
  protected Optional<String> image() {
    return Optional.empty();
  }
}

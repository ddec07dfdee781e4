package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.spi.Examination;
import dev.warren.spi.SandboxRuntimeProvider;
import java.util.List;

/** What a runtime's provider says itself. */
final class EngineCheck implements Check {
  private final SandboxRuntimeProvider provider;
  private final Examination examination;

  EngineCheck(SandboxRuntimeProvider provider, Examination examination) {
    this.provider = provider;
    this.examination = examination;
  }

  @Override
  public String subject() {
    return BackendCheck.id(provider) + ".examination";
  }

  @Override
  public List<Finding> look() {
    return provider.examine(examination);
  }
}

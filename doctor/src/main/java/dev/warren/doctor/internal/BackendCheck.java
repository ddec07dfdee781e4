package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.spi.SandboxRuntimeProvider;
import dev.warren.spi.SandboxRuntimeProvider.Availability;
import dev.warren.spi.SandboxRuntimeProvider.Availability.Available;
import dev.warren.spi.SandboxRuntimeProvider.Availability.Unavailable;
import java.util.List;
import java.util.Locale;

/** Whether a runtime on the class path could be opened. */
final class BackendCheck implements Check {
  private final SandboxRuntimeProvider provider;

  BackendCheck(SandboxRuntimeProvider provider) {
    this.provider = provider;
  }

  static String id(SandboxRuntimeProvider provider) {
    String name = provider.name().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-");
    return "backend." + (name.isEmpty() ? "unnamed" : name);
  }

  @Override
  public String subject() {
    return id(provider);
  }

  @Override
  public List<Finding> look() {
    Availability answer = provider.probe();
    String name = "the runtime '" + provider.name() + "'";
    if (answer instanceof Unavailable unavailable) {
      return List.of(
          Finding.of(
              subject(), Severity.WARN, name + " is not available: " + unavailable.reason()));
    }
    String detail = answer instanceof Available available ? available.detail() : "";
    return List.of(
        Finding.of(
            subject(),
            provider.embedded() ? Severity.INFO : Severity.OK,
            name + " is available: " + detail));
  }
}

package dev.warren.doctor;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.StateDirectory;
import dev.warren.doctor.internal.Examiner;
import dev.warren.spi.SandboxRuntimeProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;

/**
 * Looks at this host before you trust it with sandboxes: the kernel, the engines and their versions
 * against published vulnerabilities, control groups, seccomp, limits, free space, and each runtime
 * on the class path. It works without privileges and says what it could not see.
 *
 * <p>Nothing is changed and nothing is thrown. It takes about as long as the programs that it asks
 * for their version, well below a second as a rule and ten at most. Thread-safe.
 */
public final class HostDoctor {
  private HostDoctor() {}

  /** Examines this host, with the free space of the default state directory. */
  public static DoctorReport examine() {
    return examine(StateDirectory.standard());
  }

  /** Examines this host, with the free space of the given directory. */
  public static DoctorReport examine(StateDirectory stateDirectory) {
    List<Finding> broken = new ArrayList<>();
    List<SandboxRuntimeProvider> providers = loadable(broken);
    List<Finding> findings = new ArrayList<>(Examiner.of(stateDirectory, providers).examine());
    findings.addAll(broken);
    if (broken.isEmpty() && providers.stream().allMatch(SandboxRuntimeProvider::embedded)) {
      findings.add(
          Finding.of("backend.none", Severity.INFO, "no engine's artifact is on the class path")
              .withRemedy("add warren-containerd or warren-docker for sandboxes with isolation"));
    }
    return new DoctorReport(findings);
  }

  private static List<SandboxRuntimeProvider> loadable(List<Finding> broken) {
    try {
      return SandboxRuntimeProvider.installed();
    } catch (ServiceConfigurationError e) {
      broken.add(
          Finding.of(
                  "backend.broken",
                  Severity.FAIL,
                  "a runtime on the class path cannot be loaded, so none is")
              .withRemedy("use artifacts of the same version, such as those of warren-bom"));
      return List.of();
    }
  }
}

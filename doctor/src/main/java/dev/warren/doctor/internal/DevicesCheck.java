package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.nio.file.Files;
import java.util.List;

/** What a stronger runtime could use. */
final class DevicesCheck implements Check {
  private static final String ID = "devices.kvm";

  private final Host host;

  DevicesCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return ID;
  }

  @Override
  public List<Finding> look() {
    if (!host.exists("/dev/kvm")) {
      return List.of(
          Finding.of(
              ID, Severity.INFO, "there is no /dev/kvm: runtimes with virtual machines fail"));
    }
    boolean usable = Files.isWritable(host.path("/dev/kvm"));
    return List.of(
        Finding.of(
            ID,
            Severity.INFO,
            usable
                ? "/dev/kvm is there, for runtimes with virtual machines"
                : "/dev/kvm is there, but not for this process; an engine may use it"));
  }
}

package dev.warren.examples;

import dev.warren.DoctorReport;
import dev.warren.DoctorReport.Severity;
import dev.warren.SandboxRuntimes;

/**
 * Prints what the doctor says of this host. The exit code is 1 when something is unsafe or would
 * not work, so that a deployment can ask before it goes on.
 */
public final class HostDoctor {
  private HostDoctor() {}

  public static void main(String[] args) {
    DoctorReport report = SandboxRuntimes.doctor();
    System.out.print(report.render());
    System.exit(report.worst() == Severity.FAIL ? 1 : 0);
  }
}

package dev.warren.examples;

import dev.warren.Finding.Severity;
import dev.warren.doctor.DoctorReport;
import dev.warren.doctor.HostDoctor;

/**
 * Prints what the doctor says of this host. The exit code is 1 when something is unsafe or would
 * not work, so that a deployment can ask before it goes on.
 */
public final class ExamineHost {
  private ExamineHost() {}

  public static void main(String[] args) {
    DoctorReport report = HostDoctor.examine();
    System.out.print(report.render());
    System.exit(report.worst() == Severity.FAIL ? 1 : 0);
  }
}

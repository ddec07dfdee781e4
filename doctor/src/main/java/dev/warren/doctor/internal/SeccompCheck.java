package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.List;

/** Whether the kernel can filter system calls. */
final class SeccompCheck implements Check {
  private static final String ID = "kernel.seccomp";

  private final Host host;

  SeccompCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return ID;
  }

  @Override
  public List<Finding> look() {
    FileView actions = host.read("/proc/sys/kernel/seccomp/actions_avail");
    if (actions.seen()) {
      return List.of(
          List.of(actions.line().split(" ", -1)).contains("errno")
              ? Finding.of(ID, Severity.OK, "the kernel filters system calls")
              : missing());
    }
    FileView status = host.read("/proc/self/status");
    if (actions.hidden() || !status.seen()) {
      return List.of(
          Finding.of(ID, Severity.UNKNOWN, "whether the kernel filters system calls is not seen")
              .withRemedy("mount /proc"));
    }
    // Kernels before 4.14 have no list of actions, but show the mode of each process.
    boolean mode = status.text().lines().anyMatch(line -> line.startsWith("Seccomp:"));
    return List.of(
        mode
            ? Finding.of(ID, Severity.OK, "the kernel filters system calls (an old kernel)")
            : missing());
  }

  private static Finding missing() {
    return Finding.of(ID, Severity.FAIL, "the kernel does not filter system calls")
        .withRemedy("use a kernel with CONFIG_SECCOMP_FILTER");
  }
}

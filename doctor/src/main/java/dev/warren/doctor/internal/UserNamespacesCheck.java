package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.List;

/** Who may make user namespaces: they help rootless engines, and local attackers. */
final class UserNamespacesCheck implements Check {
  private static final String ID = "kernel.user-namespaces";

  private final Host host;

  UserNamespacesCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return ID;
  }

  @Override
  public List<Finding> look() {
    FileView most = host.read("/proc/sys/user/max_user_namespaces");
    if (most.hidden()) {
      return List.of(
          Finding.of(ID, Severity.UNKNOWN, "the limit of user namespaces cannot be read"));
    }
    if (!most.seen()) {
      return List.of(Finding.of(ID, Severity.INFO, "the kernel has no user namespaces"));
    }
    if (most.line().equals("0")) {
      return List.of(Finding.of(ID, Severity.INFO, "user namespaces are switched off"));
    }
    boolean rootOnly =
        host.read("/proc/sys/kernel/unprivileged_userns_clone").line().equals("0")
            || host.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
                .line()
                .equals("1");
    return List.of(
        rootOnly
            ? Finding.of(ID, Severity.OK, "user namespaces are for privileged programs only")
            : Finding.of(ID, Severity.INFO, "any program may make user namespaces")
                .withRemedy(
                    "unless a rootless engine needs them, lower user.max_user_namespaces; Warren's"
                        + " own seccomp profile denies them to sandboxes"));
  }
}

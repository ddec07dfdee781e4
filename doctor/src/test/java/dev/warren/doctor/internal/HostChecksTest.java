package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The smaller checks. */
class HostChecksTest {
  private static final String DOCKER = "/run/docker.sock";

  @TempDir Path root;
  private HostTree tree;

  @BeforeEach
  void emptyHost() {
    tree = new HostTree(root);
  }

  private static Severity severity(Check check) {
    return check.look().get(0).severity();
  }

  @Test
  void seccomp_isSeenByItsActions_orTheModeOfAProcess() throws IOException {
    Check seccomp = new SeccompCheck(tree.host());
    assertThat(severity(seccomp)).isEqualTo(Severity.UNKNOWN);
    tree.file("/proc/self/status", "Name:\tjava");
    assertThat(severity(seccomp)).isEqualTo(Severity.FAIL);
    tree.file("/proc/self/status", "Name:\tjava", "Seccomp:\t0");
    assertThat(severity(seccomp)).isEqualTo(Severity.OK);
    tree.file("/proc/sys/kernel/seccomp/actions_avail", "kill_process trap log allow");
    assertThat(severity(seccomp)).isEqualTo(Severity.FAIL);
    tree.file("/proc/sys/kernel/seccomp/actions_avail", "kill_process trap errno log allow");
    assertThat(severity(seccomp)).isEqualTo(Severity.OK);
  }

  @Test
  void userNamespaces_tellWhoMayMakeThem() throws IOException {
    Check namespaces = new UserNamespacesCheck(tree.host());
    assertThat(namespaces.look().get(0).found()).contains("has no user namespaces");
    tree.file("/proc/sys/user/max_user_namespaces", "0");
    assertThat(namespaces.look().get(0).found()).contains("switched off");
    tree.file("/proc/sys/user/max_user_namespaces", "96365");
    assertThat(severity(namespaces)).isEqualTo(Severity.INFO);
    assertThat(namespaces.look().get(0).found()).contains("any program");
    tree.file("/proc/sys/kernel/unprivileged_userns_clone", "0");
    assertThat(severity(namespaces)).isEqualTo(Severity.OK);
  }

  @Test
  void limits_warnOfFewFilesAndProcesses() throws IOException {
    tree.file(
            "/proc/self/limits",
            "Limit                     Soft Limit           Hard Limit           Units     ",
            "Max processes             1000                 96365                processes ",
            "Max open files            1024                 524288               files     ")
        .file("/proc/sys/kernel/pid_max", "32768");
    assertThat(new LimitsCheck(tree.host()).look())
        .extracting(Finding::severity)
        .containsExactly(Severity.WARN, Severity.WARN, Severity.INFO);
    tree.file(
            "/proc/self/limits",
            "Max processes             unlimited            unlimited            processes ",
            "Max open files            524288               524288               files     ")
        .file("/proc/sys/kernel/pid_max", "4194304");
    assertThat(new LimitsCheck(tree.host()).look())
        .extracting(Finding::severity)
        .containsOnly(Severity.OK);
  }

  @Test
  void limits_thatCannotBeRead_areUnknown() throws IOException {
    tree.file("/proc/self/limits", "Max open files   many   many").file("/proc/sys/kernel/pid_max");
    assertThat(new LimitsCheck(tree.host()).look())
        .extracting(Finding::severity)
        .containsOnly(Severity.UNKNOWN);
  }

  @Test
  void socket_thatAnybodyMayUse_fails() throws IOException {
    tree.file(DOCKER);
    Files.setPosixFilePermissions(
        tree.path(DOCKER).getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(tree.path(DOCKER), PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(severity(new SocketsCheck(tree.host()))).isEqualTo(Severity.FAIL);
    Files.setPosixFilePermissions(
        tree.path(DOCKER).getParent(), PosixFilePermissions.fromString("rwxr-x---"));
    assertThat(severity(new SocketsCheck(tree.host()))).isEqualTo(Severity.OK);
    Files.setPosixFilePermissions(tree.path(DOCKER), PosixFilePermissions.fromString("rw-rw----"));
    assertThat(new SocketsCheck(tree.host()).look())
        .extracting(Finding::id)
        .containsExactly("sockets.docker");
  }

  @Test
  void noSocketDeviceOrTimeZones_areWorthKnowingOnly() {
    for (Check check :
        List.of(
            new SocketsCheck(tree.host()),
            new DevicesCheck(tree.host()),
            new TimeZonesCheck(tree.host()))) {
      assertThat(severity(check)).as(check.subject()).isEqualTo(Severity.INFO);
    }
  }
}

package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCheckTest {
  @TempDir Path root;

  private Finding look(HostTree tree) {
    return new KernelCheck(tree.host(), Advisories.load(), new Packages(tree.host())).look().get(0);
  }

  @Test
  void ownBuild_belowTheFloor_fails() throws IOException {
    Finding kernel = look(new HostTree(root).kernel("6.12.80-acme"));
    assertThat(kernel.severity()).isEqualTo(Severity.FAIL);
    assertThat(kernel.references()).containsExactly("CVE-2026-31431", "CVE-2026-43284");
    assertThat(kernel.remedy().orElseThrow()).contains("reboot");
  }

  @Test
  void debian_isJudgedByTheUpstreamNumberInItsBuild() throws IOException {
    HostTree tree =
        new HostTree(root)
            .kernel("6.1.0-50-amd64")
            .file("/proc/version", "Linux version 6.1.0-50-amd64 (x) #1 SMP Debian 6.1.172-1 (x)");
    assertThat(look(tree).severity()).isEqualTo(Severity.OK);
    assertThat(look(tree).found()).contains("Linux 6.1.172");
  }

  @Test
  void debian_belowTheFloor_isUnknown_unlessItsChangelogNamesTheFixes() throws IOException {
    HostTree tree =
        new HostTree(root)
            .kernel("6.1.0-18-amd64")
            .file("/proc/version", "Linux version 6.1.0-18-amd64 (x) #1 SMP Debian 6.1.76-1 (x)");
    assertThat(look(tree).severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(look(tree).references()).contains("CVE-2026-31431");
    tree.compressed(
        "/usr/share/doc/linux-image-6.1.0-18-amd64/changelog.gz",
        "linux-signed-amd64 (6.1.76+1) bookworm; urgency=high",
        "  * CVE-2026-31431, CVE-2026-43284");
    assertThat(look(tree).severity()).isEqualTo(Severity.OK);
  }

  @Test
  void ubuntuAndRedHat_belowTheFloor_areUnknown() throws IOException {
    HostTree ubuntu =
        new HostTree(root)
            .kernel("6.8.0-110-generic")
            .file("/proc/version_signature", "Ubuntu 6.8.0-110.110-generic 6.8.12");
    assertThat(look(ubuntu).severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(look(ubuntu).found()).contains("Linux 6.8.12");
    assertThat(look(new HostTree(root).kernel("5.14.0-427.el9.x86_64")).severity())
        .isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void unreadableOrGarbage_isUnknown() throws IOException {
    assertThat(look(new HostTree(root)).severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(look(new HostTree(root).kernel("linux")).severity()).isEqualTo(Severity.UNKNOWN);
  }
}

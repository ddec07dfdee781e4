package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsCheckTest {
  private static final String DEBIAN_RUNC =
      "runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\ngo: go1.19.8";

  @TempDir Path root;

  private List<Finding> look(HostTree tree) {
    Packages packages = new Packages(tree.host());
    return new ProgramsCheck(tree.host(), packages, new VersionJudge(Advisories.load(), packages))
        .look();
  }

  private Finding only(HostTree tree, String id) {
    return look(tree).stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  @Test
  void upstreamBuild_belowTheFloor_fails() throws IOException {
    Finding runc =
        only(
            new HostTree(root).program("/usr/local/sbin/runc", "runc version 1.2.7", "spec: 1.2.0"),
            "runc.version");
    assertThat(runc.severity()).isEqualTo(Severity.FAIL);
    assertThat(runc.found()).startsWith("runc 1.2.7 is vulnerable");
    assertThat(runc.remedy()).contains("update it");
  }

  @Test
  void distributionBuild_changelogNamesAll_isFine() throws IOException {
    HostTree tree =
        new HostTree(root)
            .program("/usr/sbin/runc", DEBIAN_RUNC)
            .dpkg("runc", "1.1.5+ds1-1+deb12u1", "/usr/sbin/runc")
            .compressed(
                "/usr/share/doc/runc/changelog.Debian.gz",
                "runc (1.1.5+ds1-1+deb12u1) bookworm-security; urgency=high",
                "  * CVE-2024-21626, CVE-2024-45310",
                "  * CVE-2025-31133, CVE-2025-52565, CVE-2025-52881");
    Finding runc = only(tree, "runc.version");
    assertThat(runc.severity()).as(runc.found()).isEqualTo(Severity.OK);
    assertThat(runc.references()).isEmpty();
  }

  @Test
  void distributionBuild_changelogNamesSome_isUnknownForTheRest() throws IOException {
    HostTree tree =
        new HostTree(root)
            .program("/usr/sbin/runc", DEBIAN_RUNC)
            .dpkg("runc", "1.1.5+ds1-1+deb12u1", "/usr/sbin/runc")
            .compressed(
                "/usr/share/doc/runc/changelog.Debian.gz",
                "runc (1.1.5+ds1-1+deb12u1) bookworm-security; urgency=high",
                "  * CVE-2024-21626: leaked fds");
    Finding runc = only(tree, "runc.version");
    assertThat(runc.severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(runc.references())
        .contains("CVE-2025-31133", "CVE-2025-52565", "CVE-2025-52881")
        .doesNotContain("CVE-2024-21626");
    assertThat(runc.remedy().orElseThrow()).contains("security tracker");
  }

  @Test
  void distributionBuild_fixOfALaterEntry_doesNotCount() throws IOException {
    HostTree tree =
        new HostTree(root)
            .program("/usr/sbin/runc", DEBIAN_RUNC)
            .dpkg("runc", "1.1.5+ds1-1+deb12u2", "/usr/sbin/runc")
            .compressed(
                "/usr/share/doc/runc/changelog.Debian.gz",
                "runc (1.1.5+ds1-1+deb12u2) bookworm-security; urgency=high",
                "  * CVE-2025-31133",
                "runc (1.1.5+ds1-1+deb12u1) bookworm-security; urgency=high",
                "  * CVE-2024-21626");
    assertThat(only(tree, "runc.version").references())
        .contains("CVE-2025-31133")
        .doesNotContain("CVE-2024-21626");
  }

  @Test
  void distributionBuild_withoutChangelog_isUnknownNotAnAlarm() throws IOException {
    Finding runc = only(new HostTree(root).program("/usr/sbin/runc", DEBIAN_RUNC), "runc.version");
    assertThat(runc.severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(runc.found()).contains("changelog cannot be read");
  }

  @Test
  void packageOfADistribution_withAPlainNumber_isUnknown() throws IOException {
    // Ubuntu's containerd shows no revision: only dpkg tells whose it is.
    HostTree tree =
        new HostTree(root)
            .program("/usr/bin/containerd", "containerd github.com/containerd/containerd 1.7.12")
            .dpkg("containerd", "1.7.12-0ubuntu4", "/usr/bin/containerd");
    assertThat(only(tree, "containerd.version").severity()).isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void packageOfDocker_belowTheFloor_fails() throws IOException {
    // Docker's own packages are unchanged sources; their numbers mean what they say.
    HostTree tree =
        new HostTree(root)
            .program("/usr/bin/containerd", "containerd containerd.io 1.7.27 05044ec0a9a7")
            .dpkg("containerd.io", "1.7.27-1", "/usr/bin/containerd");
    assertThat(only(tree, "containerd.version").severity()).isEqualTo(Severity.FAIL);
  }

  @Test
  void rpmDistribution_belowTheFloor_isUnknown_unlessInstalledByHand() throws IOException {
    HostTree tree =
        new HostTree(root)
            .file("/etc/os-release", "ID=\"rocky\"", "ID_LIKE=\"rhel centos fedora\"")
            .program("/usr/bin/runc", "runc version 1.1.11");
    assertThat(only(tree, "runc.version").severity()).isEqualTo(Severity.UNKNOWN);
    tree.program("/usr/local/bin/runc", "runc version 1.1.11");
    assertThat(only(tree, "runc.version").severity()).isEqualTo(Severity.FAIL);
  }

  @Test
  void dockerDaemon_isJudgedAsDocker() throws IOException {
    Finding docker =
        only(
            new HostTree(root).program("/usr/bin/dockerd", "Docker version 29.5.0, build abcdef1"),
            "docker.version");
    assertThat(docker.references())
        .containsExactly("CVE-2026-41567", "CVE-2026-41568", "CVE-2026-42306");
  }

  @Test
  void dockerDesktop_isFoundByItsPackage() throws IOException {
    Finding desktop =
        only(new HostTree(root).dpkg("docker-desktop", "4.43.1-199162"), "docker-desktop.version");
    assertThat(desktop.references()).containsExactly("CVE-2025-9074", "CVE-2026-6406");
  }

  @Test
  void program_thatFails_isUnknown() throws IOException {
    assertThat(only(new HostTree(root).program("/usr/bin/runc"), "runc.version").severity())
        .isEqualTo(Severity.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "runc", "version x.y", "\u0000\u001b[31m", "99999999999999999999.1.1"})
  void garbage_isUnknown(String output) throws IOException {
    Finding runc = only(new HostTree(root).program("/usr/bin/runc", output), "runc.version");
    assertThat(runc.severity()).isEqualTo(Severity.UNKNOWN);
    assertThat(runc.found()).doesNotContain("\u001b");
  }

  @Test
  void nothingInstalled_isWorthKnowingOnly() {
    assertThat(look(new HostTree(root)))
        .singleElement()
        .satisfies(it -> assertThat(it.severity()).isEqualTo(Severity.INFO));
  }
}

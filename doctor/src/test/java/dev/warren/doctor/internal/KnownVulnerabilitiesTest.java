package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every vulnerability that has a version floor: seen one release below it, gone at it. */
class KnownVulnerabilitiesTest {
  @TempDir Path root;

  @ParameterizedTest(name = "{0} {1}: {2} is affected, {3} is not")
  @CsvSource({
    "kernel, CVE-2022-0847, 5.10.101, 5.10.102",
    "kernel, CVE-2022-0847, 5.15.24, 5.15.25",
    "kernel, CVE-2022-0847, 5.16.10, 5.16.11",
    "kernel, CVE-2026-31431, 5.10.253, 5.10.254",
    "kernel, CVE-2026-31431, 5.15.203, 5.15.204",
    "kernel, CVE-2026-31431, 6.1.169, 6.1.170",
    "kernel, CVE-2026-31431, 6.6.136, 6.6.137",
    "kernel, CVE-2026-31431, 6.12.84, 6.12.85",
    "kernel, CVE-2026-31431, 6.18.21, 6.18.22",
    "kernel, CVE-2026-31431, 6.19.11, 6.19.12",
    "kernel, CVE-2026-31431, 6.17.13, 7.0.0",
    "kernel, CVE-2026-31431, 4.14.0, 4.13.16",
    "kernel, CVE-2026-43284, 5.10.254, 5.10.255",
    "kernel, CVE-2026-43284, 5.15.205, 5.15.206",
    "kernel, CVE-2026-43284, 6.1.171, 6.1.172",
    "kernel, CVE-2026-43284, 6.6.137, 6.6.138",
    "kernel, CVE-2026-43284, 6.12.86, 6.12.87",
    "kernel, CVE-2026-43284, 6.18.27, 6.18.28",
    "kernel, CVE-2026-43284, 7.0.4, 7.0.5",
    "runc, CVE-2019-5736, 1.0.0-rc6, 1.0.0-rc7",
    "runc, CVE-2024-21626, 1.1.11, 1.1.12",
    "runc, CVE-2024-21626, 1.0.0-rc93, 1.0.0-rc92",
    "runc, CVE-2024-45310, 1.1.13, 1.1.14",
    "runc, CVE-2024-45310, 1.2.0-rc.2, 1.2.0-rc.3",
    "runc, CVE-2025-31133, 1.2.7, 1.2.8",
    "runc, CVE-2025-31133, 1.3.2, 1.3.3",
    "runc, CVE-2025-31133, 1.4.0-rc.2, 1.4.0-rc.3",
    "runc, CVE-2025-52565, 1.2.7, 1.2.8",
    "runc, CVE-2025-52565, 1.3.2, 1.3.3",
    "runc, CVE-2025-52881, 1.1.14, 1.2.8",
    "runc, CVE-2025-52881, 1.3.2, 1.3.3",
    "runc, CVE-2025-52881, 1.4.0-rc.2, 1.4.0",
    "containerd, CVE-2024-25621, 1.7.28, 1.7.29",
    "containerd, CVE-2024-25621, 2.0.6, 2.0.7",
    "containerd, CVE-2024-25621, 2.1.4, 2.1.5",
    "containerd, CVE-2024-25621, 2.2.0-rc.1, 2.2.0",
    "containerd, CVE-2025-64329, 1.7.28, 1.7.29",
    "containerd, CVE-2025-64329, 2.1.4, 2.1.5",
    "containerd, CVE-2026-47262, 1.7.32, 1.7.33",
    "containerd, CVE-2026-47262, 2.0.9, 2.0.10",
    "containerd, CVE-2026-53488, 1.6.39, 1.7.33",
    "containerd, CVE-2026-53488, 2.0.9, 2.0.10",
    "containerd, CVE-2026-53488, 2.1.8, 2.1.9",
    "containerd, CVE-2026-53488, 2.2.4, 2.2.5",
    "containerd, CVE-2026-53488, 2.3.1, 2.3.2",
    "containerd, CVE-2026-53489, 2.1.8, 2.1.9",
    "containerd, CVE-2026-53489, 2.2.4, 2.2.5",
    "containerd, CVE-2026-53489, 2.3.1, 2.3.2",
    "containerd, CVE-2026-53492, 2.1.8, 2.1.9",
    "containerd, CVE-2026-53492, 2.3.1, 2.3.2",
    "containerd, CVE-2026-50195, 2.2.4, 2.2.5",
    "containerd, CVE-2026-50195, 2.3.1, 2.3.2",
    "docker, CVE-2018-15664, 18.09.6, 18.09.7",
    "docker, CVE-2019-14271, 19.03.0, 19.03.1",
    "docker, CVE-2026-34040, 29.3.0, 29.3.1",
    "docker, CVE-2026-41567, 29.5.0, 29.5.1",
    "docker, CVE-2026-41568, 29.5.0, 29.5.1",
    "docker, CVE-2026-42306, 28.5.2, 29.5.1",
    "docker-desktop, CVE-2025-9074, 4.44.2, 4.44.3",
    "docker-desktop, CVE-2025-9074, 4.25.0, 4.24.2",
    "docker-desktop, CVE-2026-6406, 4.58.1, 4.59.0",
  })
  void floor_isWhereTheFindingEnds(String program, String cve, String below, String floor)
      throws IOException {
    Finding affected = judge(program, below);
    assertThat(affected.references()).contains(cve);
    assertThat(affected.severity()).isIn(Severity.WARN, Severity.FAIL);
    assertThat(affected.remedy()).isPresent();
    assertThat(judge(program, floor).references()).doesNotContain(cve);
  }

  @ParameterizedTest
  @CsvSource({
    "kernel, 7.1.2",
    "runc, 1.3.3",
    "runc, 1.2.8",
    "containerd, 1.7.33",
    "containerd, 2.1.9",
    "containerd, 2.2.5",
    "containerd, 2.3.2",
    "docker, 29.5.1",
    "docker-desktop, 4.59.0",
  })
  void fixedVersion_isClean(String program, String version) throws IOException {
    Finding finding = judge(program, version);
    assertThat(finding.severity()).as(finding.found()).isEqualTo(Severity.OK);
    assertThat(finding.references()).isEmpty();
  }

  @Test
  void everyAdvisory_isOneThatAFloorOfThisTestCovers() throws NoSuchMethodException {
    Set<String> covered =
        List.of(
                KnownVulnerabilitiesTest.class
                    .getDeclaredMethod(
                        "floor_isWhereTheFindingEnds",
                        String.class,
                        String.class,
                        String.class,
                        String.class)
                    .getAnnotation(CsvSource.class)
                    .value())
            .stream()
            .map(row -> row.split(", ", -1)[1])
            .collect(Collectors.toSet());
    assertThat(Advisories.load().all())
        .extracting(Advisory::cve)
        .containsOnlyOnceElementsOf(covered);
    assertThat(Advisories.load().all()).hasSameSizeAs(covered);
  }

  private Finding judge(String program, String version) throws IOException {
    HostTree tree = new HostTree(root).kernel(version);
    Packages packages = new Packages(tree.host());
    return program.equals("kernel")
        ? new KernelCheck(tree.host(), Advisories.load(), packages).look().get(0)
        : new VersionJudge(Advisories.load(), packages).judge(program, version, Optional.empty());
  }
}

package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.doctor.internal.Volumes.Inodes;
import dev.warren.doctor.internal.Volumes.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceJudgeTest {
  private static final long GIB = 1L << 30;
  private static final Inodes MANY = new Inodes(900_000, 1_000_000);

  @TempDir Path directory;

  private Finding judge(long free, long total, Optional<Inodes> inodes) {
    return new SpaceJudge(path -> Optional.of(new Volume(free, total, inodes)))
        .judge("space.state", "the state directory", directory);
  }

  @Test
  void room_isFine() {
    assertThat(judge(50 * GIB, 100 * GIB, Optional.of(MANY)).severity()).isEqualTo(Severity.OK);
  }

  @Test
  void little_warns_andNextToNothing_fails() {
    assertThat(judge(GIB, 10 * GIB, Optional.of(MANY)).severity()).isEqualTo(Severity.WARN);
    assertThat(judge(4 * GIB, 100 * GIB, Optional.of(MANY)).severity()).isEqualTo(Severity.WARN);
    Finding full = judge(GIB / 100, 10 * GIB, Optional.of(MANY));
    assertThat(full.severity()).isEqualTo(Severity.FAIL);
    assertThat(full.remedy()).isPresent();
  }

  @Test
  void inodes_countAsWell() {
    assertThat(judge(50 * GIB, 100 * GIB, Optional.of(new Inodes(10, 1_000_000))).severity())
        .isEqualTo(Severity.FAIL);
    assertThat(judge(50 * GIB, 100 * GIB, Optional.of(new Inodes(40_000, 1_000_000))).severity())
        .isEqualTo(Severity.WARN);
    assertThat(judge(50 * GIB, 100 * GIB, Optional.of(new Inodes(0, 0))).severity())
        .isEqualTo(Severity.OK);
    assertThat(judge(50 * GIB, 100 * GIB, Optional.empty()).severity()).isEqualTo(Severity.UNKNOWN);
  }

  @Test
  void directoryToCome_isJudgedByTheOneItWillBeMadeIn_withoutItsName() throws IOException {
    Host real = new Host(Path.of("/"), new BoundedCommands(Duration.ofSeconds(10)));
    Finding finding =
        new SpaceJudge(new HostVolumes(real))
            .judge("space.state", "the state directory", directory.resolve("a/b"));
    assertThat(finding.found()).contains("MiB free").doesNotContain(directory.toString());
    assertThat(finding.found()).containsPattern("\\d+ of \\d+ inodes|no fixed number of inodes");
    try (var left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void volumeThatCannotBeAsked_isUnknown() {
    assertThat(new SpaceJudge(path -> Optional.empty()).judge("space.x", "x", directory).severity())
        .isEqualTo(Severity.UNKNOWN);
  }
}

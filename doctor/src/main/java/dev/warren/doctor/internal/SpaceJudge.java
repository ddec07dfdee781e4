package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.doctor.internal.Volumes.Inodes;
import dev.warren.doctor.internal.Volumes.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether there is room below a directory. */
final class SpaceJudge {
  private static final long MIB = 1 << 20;
  private static final long FAIL_BYTES = 100 * MIB;
  private static final long WARN_BYTES = 2048 * MIB;
  private static final long FAIL_INODES = 1_000;
  private static final long WARN_INODES = 50_000;
  private static final int WARN_PERCENT = 5;

  private final Volumes volumes;

  SpaceJudge(Volumes volumes) {
    this.volumes = volumes;
  }

  Finding judge(String id, String role, Path directory) {
    Optional<Volume> volume = Optional.ofNullable(existing(directory)).flatMap(volumes::of);
    if (volume.isEmpty()) {
      return Finding.of(id, Severity.UNKNOWN, "the free space of " + role + " cannot be seen");
    }
    Volume found = volume.get();
    Severity bytes = severity(found.freeBytes(), found.totalBytes(), FAIL_BYTES, WARN_BYTES);
    Severity inodes =
        found
            .inodes()
            .map(
                it ->
                    it.total() == 0
                        ? Severity.OK
                        : severity(it.free(), it.total(), FAIL_INODES, WARN_INODES))
            .orElse(Severity.UNKNOWN);
    Severity worst = bytes.compareTo(inodes) > 0 ? bytes : inodes;
    String text =
        role
            + " has "
            + found.freeBytes() / MIB
            + " MiB of "
            + found.totalBytes() / MIB
            + " MiB free, and "
            + found.inodes().map(SpaceJudge::text).orElse("its inodes cannot be seen");
    Finding finding = Finding.of(id, worst, text);
    return worst == Severity.WARN || worst == Severity.FAIL
        ? finding.withRemedy("free or add space before bots cannot write")
        : finding;
  }

  private static String text(Inodes inodes) {
    return inodes.total() == 0
        ? "no fixed number of inodes"
        : inodes.free() + " of " + inodes.total() + " inodes";
  }

  private static Severity severity(long free, long total, long fail, long warn) {
    if (free < fail) {
      return Severity.FAIL;
    }
    return free < warn || free < total / 100 * WARN_PERCENT ? Severity.WARN : Severity.OK;
  }

  /** A directory that is not there yet will be made on the file system of the first that is. */
  private static @Nullable Path existing(Path directory) {
    Path candidate = directory;
    while (candidate != null && !Files.isDirectory(candidate)) {
      candidate = candidate.getParent();
    }
    return candidate;
  }
}

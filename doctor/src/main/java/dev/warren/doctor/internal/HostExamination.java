package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.spi.Examination;
import java.nio.file.Path;
import java.util.Map;

/** The doctor's judgements, for providers. */
final class HostExamination implements Examination {
  /** The file that a program's package is found by. */
  private static final Map<String, String> FILES =
      Map.of("containerd", "containerd", "docker", "dockerd", "runc", "runc");

  private final Host host;
  private final VersionJudge versions;
  private final SpaceJudge space;

  HostExamination(Host host, VersionJudge versions, SpaceJudge space) {
    this.host = host;
    this.versions = versions;
    this.space = space;
  }

  @Override
  public Finding version(String program, String version) {
    return versions.judge(program, version, host.program(FILES.getOrDefault(program, program)));
  }

  @Override
  public Finding space(String id, String role, Path directory) {
    return space.judge(id, role, directory);
  }
}

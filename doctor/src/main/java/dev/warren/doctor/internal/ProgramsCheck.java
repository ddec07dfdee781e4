package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The engines' programs at the usual places, and their versions. */
final class ProgramsCheck implements Check {
  private static final String RUNC = "runc";

  private final Host host;
  private final Packages packages;
  private final VersionJudge judge;

  ProgramsCheck(Host host, Packages packages, VersionJudge judge) {
    this.host = host;
    this.packages = packages;
    this.judge = judge;
  }

  @Override
  public String subject() {
    return "programs";
  }

  @Override
  public List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    program(RUNC, RUNC)
        .or(
            () ->
                Optional.of(
                    Finding.of("runc.version", Severity.INFO, "runc is at none of the usual places")
                        .withRemedy("for sandboxes in containers install runc, or name a runtime")))
        .ifPresent(findings::add);
    program("containerd", "containerd").ifPresent(findings::add);
    program("docker", "dockerd").ifPresent(findings::add);
    packages
        .installed("docker-desktop")
        .map(found -> judge.judge("docker-desktop", found.version(), Optional.empty()))
        .ifPresent(findings::add);
    return findings;
  }

  private Optional<Finding> program(String name, String file) {
    return host.program(file)
        .map(
            path ->
                host.output(file, "--version")
                    .map(text -> judge.judge(name, text, Optional.of(path)))
                    .orElseGet(
                        () ->
                            Finding.of(
                                    name + ".version",
                                    Severity.UNKNOWN,
                                    file + " does not tell its version")
                                .withRemedy("run " + file + " --version")));
  }
}

package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.StateDirectory;
import java.util.ArrayList;
import java.util.List;

/** Room for Warren's own files, and for those of engines at the usual places. */
final class SpaceCheck implements Check {
  private final Host host;
  private final SpaceJudge judge;
  private final StateDirectory state;

  SpaceCheck(Host host, SpaceJudge judge, StateDirectory state) {
    this.host = host;
    this.judge = judge;
    this.state = state;
  }

  @Override
  public String subject() {
    return "space";
  }

  @Override
  public List<Finding> look() {
    List<Finding> findings = new ArrayList<>();
    findings.add(judge.judge("space.state", "the state directory", state.path()));
    for (String engine : List.of("containerd", "docker")) {
      String directory = "/var/lib/" + engine;
      if (host.exists(directory)) {
        findings.add(judge.judge("space." + engine, directory, host.path(directory)));
      }
    }
    return findings;
  }
}

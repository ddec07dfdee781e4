package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which control groups there are: limits and the end of a process tree depend on them. */
final class CgroupCheck implements Check {
  private static final List<String> NEEDED = List.of("cpu", "memory", "pids");

  private final Host host;

  CgroupCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return "cgroup";
  }

  @Override
  public List<Finding> look() {
    FileView mounts = host.read("/proc/self/mounts");
    if (!mounts.seen()) {
      return List.of(
          Finding.of("cgroup.mode", Severity.UNKNOWN, "the mounts of control groups cannot be read")
              .withRemedy("mount /proc"));
    }
    Set<String> v1 = new TreeSet<>();
    boolean unified = false;
    boolean root = false;
    for (String line : mounts.text().lines().toList()) {
      String[] fields = line.split(" ", -1);
      if (fields.length < 4) {
        continue;
      }
      if (fields[2].equals("cgroup2")) {
        unified = true;
        root |= fields[1].equals("/sys/fs/cgroup");
      } else if (fields[2].equals("cgroup")) {
        v1.addAll(List.of(fields[3].split(",", -1)));
      }
    }
    if (!unified && v1.isEmpty()) {
      return List.of(
          Finding.of("cgroup.mode", Severity.FAIL, "no control groups are mounted")
              .withRemedy("mount them at /sys/fs/cgroup; without them there are no limits"));
    }
    List<Finding> findings = new ArrayList<>();
    findings.add(mode(unified, !v1.isEmpty()));
    Set<String> controllers = new HashSet<>(v1);
    if (unified) {
      String file = root ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";
      controllers.addAll(List.of(host.read(file + "/cgroup.controllers").line().split(" ", -1)));
    }
    findings.add(controllers(controllers));
    return findings;
  }

  private static Finding mode(boolean unified, boolean v1) {
    if (unified && v1) {
      return Finding.of(
          "cgroup.mode", Severity.INFO, "control groups are hybrid: v1 controllers beside v2");
    }
    return unified
        ? Finding.of("cgroup.mode", Severity.OK, "control groups are v2")
        : Finding.of("cgroup.mode", Severity.INFO, "control groups are v1")
            .withRemedy("prefer v2 on new hosts: it ends a whole tree at once");
  }

  private static Finding controllers(Set<String> present) {
    List<String> missing = NEEDED.stream().filter(name -> !present.contains(name)).toList();
    return missing.isEmpty()
        ? Finding.of("cgroup.controllers", Severity.OK, "there are controllers for " + NEEDED)
        : Finding.of("cgroup.controllers", Severity.FAIL, "there are no controllers for " + missing)
            .withRemedy("enable them on the kernel's command line, or in the parent group");
  }
}

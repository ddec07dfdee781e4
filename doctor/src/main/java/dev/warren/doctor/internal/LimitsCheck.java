package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.ResourceLimits;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files and processes this process, and the host, may have. */
final class LimitsCheck implements Check {
  private static final long FEW_FILES = 4096;
  private static final long FEW_PROCESSES = 4096;
  private static final long FEW_IDS = 65536;

  /** What a sandbox may have unless its limits say otherwise. */
  private static final long SANDBOX_IDS = ResourceLimits.defaults().pids().orElseThrow();

  private final Host host;

  LimitsCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return "limits";
  }

  @Override
  public List<Finding> look() {
    FileView limits = host.read("/proc/self/limits");
    return List.of(
        own("limits.files", "open files", limit(limits, "Max open files"), FEW_FILES, "-n"),
        own("limits.processes", "processes", limit(limits, "Max processes"), FEW_PROCESSES, "-u"),
        ids(number(host.read("/proc/sys/kernel/pid_max").line())));
  }

  /** The soft limit; all of a long where there is none. */
  private static Optional<Long> limit(FileView limits, String name) {
    Matcher line =
        Pattern.compile("^" + name + " +(unlimited|\\d{1,18}) .*$", Pattern.MULTILINE)
            .matcher(limits.text());
    if (!line.find()) {
      return Optional.empty();
    }
    return line.group(1).equals("unlimited") ? Optional.of(Long.MAX_VALUE) : number(line.group(1));
  }

  private static Optional<Long> number(String text) {
    return text.matches("\\d{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  private static Finding own(
      String id, String what, Optional<Long> limit, long few, String option) {
    if (limit.isEmpty()) {
      return Finding.of(
          id, Severity.UNKNOWN, "how many " + what + " this process may have cannot be seen");
    }
    long most = limit.get();
    String text =
        most == Long.MAX_VALUE
            ? "this process may have any number of " + what
            : "this process may have " + most + " " + what;
    return most >= few
        ? Finding.of(id, Severity.OK, text)
        : Finding.of(id, Severity.WARN, text + ", which is little for many sandboxes")
            .withRemedy("raise the limit (ulimit " + option + ", or the service's unit) to " + few);
  }

  private static Finding ids(Optional<Long> most) {
    String id = "limits.process-ids";
    if (most.isEmpty()) {
      return Finding.of(id, Severity.UNKNOWN, "how many process ids the host has cannot be seen");
    }
    long full = most.get() / SANDBOX_IDS;
    String text =
        "the host has "
            + most.get()
            + " process ids, enough for "
            + full
            + " sandboxes at the standard limit";
    return most.get() >= FEW_IDS
        ? Finding.of(id, Severity.OK, text)
        : Finding.of(id, Severity.INFO, text).withRemedy("for more, raise kernel.pid_max");
  }
}

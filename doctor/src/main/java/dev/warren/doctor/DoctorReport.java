package dev.warren.doctor;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@link HostDoctor} found out about this host. Immutable.
 *
 * <p>The texts name paths only that are the same on every host, such as {@code /opt/cni/bin};
 * configured ones are named by their role, such as "the state directory". They hold no output of
 * programs but version numbers.
 *
 * @param findings in the order of the checks
 */
public record DoctorReport(List<Finding> findings) {

  public DoctorReport {
    findings = List.copyOf(findings);
  }

  /** The most severe of all findings; {@code OK} when there are none. */
  public Severity worst() {
    return findings.stream().map(Finding::severity).max(Enum::compareTo).orElse(Severity.OK);
  }

  /** The findings of one severity. */
  public List<Finding> findings(Severity severity) {
    return findings.stream().filter(finding -> finding.severity() == severity).toList();
  }

  /** The finding of that id. */
  public Optional<Finding> finding(String id) {
    return findings.stream().filter(finding -> finding.id().equals(id)).findFirst();
  }

  /** All findings as text for a person, a block of lines for each, ending in a line feed. */
  public String render() {
    int width = findings.stream().mapToInt(finding -> finding.id().length()).max().orElse(0);
    StringBuilder text = new StringBuilder("Host doctor: ").append(counts()).append('\n');
    for (Finding finding : findings) {
      String format = "%-8s %-" + Math.max(1, width) + "s  %s\n";
      text.append(String.format(format, finding.severity(), finding.id(), finding.found()));
      String indent = " ".repeat(9 + width + 2);
      finding.remedy().ifPresent(it -> text.append(indent).append("> ").append(it).append('\n'));
      if (!finding.references().isEmpty()) {
        text.append(indent).append("see ").append(String.join(", ", finding.references()));
        text.append('\n');
      }
    }
    return text.toString();
  }

  private String counts() {
    if (findings.isEmpty()) {
      return "nothing was looked at";
    }
    return Stream.of(Severity.FAIL, Severity.WARN, Severity.UNKNOWN, Severity.INFO, Severity.OK)
        .filter(severity -> !findings(severity).isEmpty())
        .map(severity -> findings(severity).size() + " " + severity)
        .collect(Collectors.joining(", "));
  }

  /** As {@link #render()}. */
  @Override
  public String toString() {
    return render();
  }
}

package dev.warren;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What {@link SandboxRuntimes#doctor()} found out about this host. Immutable.
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

  /** How much a finding matters, from the least to the most. */
  public enum Severity {
    /** As it should be. */
    OK,
    /** Worth knowing; nothing to do. */
    INFO,
    /** Could not be seen with the rights of this process, or not be judged. */
    UNKNOWN,
    /** Works, but something is at risk or will run out. */
    WARN,
    /** Unsafe, or sandboxes will not work. */
    FAIL
  }

  /**
   * One thing that was looked at.
   *
   * @param id stable, such as {@code runc.version}; letters, digits, dots and hyphens
   * @param found what is the case, as a sentence without a full stop
   * @param remedy what to do about it
   * @param references such as CVE ids; what to look up
   */
  public record Finding(
      String id,
      Severity severity,
      String found,
      Optional<String> remedy,
      List<String> references) {
    private static final Pattern ID = Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

    /**
     * Replaces control characters, which no finding should bring to a terminal.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} for a malformed id
     */
    public Finding {
      if (!ID.matcher(id).matches()) {
        throw SandboxException.invalid("report finding", "'" + id + "'", "its id is malformed");
      }
      found = plain(found);
      remedy = remedy.map(Finding::plain);
      references = references.stream().map(Finding::plain).toList();
    }

    /** Without remedy and references. */
    public static Finding of(String id, Severity severity, String found) {
      return new Finding(id, severity, found, Optional.empty(), List.of());
    }

    /** The same with a remedy. */
    public Finding remedy(String text) {
      return new Finding(id, severity, found, Optional.of(text), references);
    }

    /** The same with other references. */
    public Finding references(List<String> ids) {
      return new Finding(id, severity, found, remedy, ids);
    }

    private static String plain(String text) {
      return CONTROL.matcher(text).replaceAll(" ").strip();
    }
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
      String format = "%-8s %-" + Math.max(1, width) + "s  %s%n".replace("%n", "\n");
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
    return java.util.stream.Stream.of(
            Severity.FAIL, Severity.WARN, Severity.UNKNOWN, Severity.INFO, Severity.OK)
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

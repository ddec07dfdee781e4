package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kernel that all sandboxes share. */
final class KernelCheck implements Check {
  private static final String ID = "kernel.version";

  /** Debian's own number follows upstream's, Ubuntu's signature tells it. */
  private static final Pattern UPSTREAM =
      Pattern.compile("Debian (\\d+\\.\\d+\\.\\d+)-\\S*|Ubuntu \\S+ (\\d+\\.\\d+\\.\\d+)");

  private static final Pattern BUILT_BY_DISTRIBUTION =
      Pattern.compile(
          "Debian|Ubuntu|Red Hat|SUSE|\\.el\\d|\\.fc\\d|\\.amzn|\\.azl|-rpi-|\\+rpt|-(default|generic)\\b");

  private final Host host;
  private final Advisories advisories;
  private final Packages packages;

  KernelCheck(Host host, Advisories advisories, Packages packages) {
    this.host = host;
    this.advisories = advisories;
    this.packages = packages;
  }

  @Override
  public String subject() {
    return "kernel";
  }

  @Override
  public List<Finding> look() {
    FileView release = host.read("/proc/sys/kernel/osrelease");
    String build =
        release.line()
            + " "
            + host.read("/proc/version").line()
            + " "
            + host.read("/proc/version_signature").line();
    Optional<Version> number = upstream(build).or(() -> Advisory.number(release.line()));
    if (number.isEmpty()) {
      return List.of(
          Finding.of(ID, Severity.UNKNOWN, "the version of the kernel cannot be read")
              .withRemedy("Warren needs Linux, with /proc mounted"));
    }
    String name = "Linux " + number.get();
    List<Advisory> hits = advisories.affecting("kernel", number.get());
    if (hits.isEmpty()) {
      return List.of(Finding.of(ID, Severity.OK, name + ", with no vulnerability known to Warren"));
    }
    if (!BUILT_BY_DISTRIBUTION.matcher(build).find()) {
      return List.of(VersionJudge.vulnerable(ID, name, hits).withRemedy("update it, and reboot"));
    }
    return List.of(maintained(name, hits, release.line(), build));
  }

  private static Optional<Version> upstream(String build) {
    Matcher matcher = UPSTREAM.matcher(build);
    return matcher.find()
        ? Advisory.number(matcher.group(1) != null ? matcher.group(1) : matcher.group(2))
        : Optional.empty();
  }

  private Finding maintained(String name, List<Advisory> hits, String release, String build) {
    Set<String> fixes = packages.fixes("linux-image-" + release, build).orElse(Set.of());
    List<Advisory> open = new ArrayList<>(hits);
    open.removeIf(advisory -> fixes.contains(advisory.cve()));
    String built = name + " of a distribution that adds fixes without raising the number";
    if (open.isEmpty()) {
      return Finding.of(
          ID, Severity.OK, built + ": its changelog names a fix for all that is known to Warren");
    }
    return Finding.of(
            ID,
            Severity.UNKNOWN,
            built
                + ": whether it has those for these is not to be seen ("
                + open.stream().map(Advisory::effect).collect(Collectors.joining("; "))
                + ")")
        .withRemedy(
            "look them up in the distribution's security tracker, install its updates, reboot")
        .withReferences(open.stream().map(Advisory::cve).toList());
  }
}

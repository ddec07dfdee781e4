package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import dev.warren.doctor.internal.Packages.Installed;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Compares versions with the advisories. Where a distribution maintains the program, an old number
 * proves nothing: then its changelog decides, and what that does not name is unknown.
 */
final class VersionJudge {
  private static final Pattern BUILT_BY_DISTRIBUTION =
      Pattern.compile("[~+](ds|dfsg)|deb\\d+u\\d|ubuntu|\\.el\\d|\\.fc\\d|\\.amzn|\\bbp\\d");

  private final Advisories advisories;
  private final Packages packages;

  VersionJudge(Advisories advisories, Packages packages) {
    this.advisories = advisories;
    this.packages = packages;
  }

  /**
   * Judges what a program says of itself.
   *
   * @param file where it is, empty where that is not known
   */
  Finding judge(String program, String text, Optional<String> file) {
    String id = program + ".version";
    Optional<Version> number = Advisory.number(text);
    if (number.isEmpty()) {
      return Finding.of(id, Severity.UNKNOWN, "the version of " + program + " cannot be read")
          .withRemedy("look it up, and compare it with the project's security advisories");
    }
    Version version = number.get();
    List<Advisory> hits = advisories.affecting(program, version);
    String name = program + " " + version;
    if (hits.isEmpty()) {
      return Finding.of(id, Severity.OK, name + ", with no vulnerability known to Warren");
    }
    Optional<Installed> owner = file.flatMap(packages::owner);
    boolean patched =
        BUILT_BY_DISTRIBUTION.matcher(text).find()
            || owner.filter(Installed::patched).isPresent()
            || (owner.isEmpty()
                && file.filter(path -> !path.startsWith("/usr/local/")).isPresent()
                && packages.unreadableDistribution().isPresent());
    return patched ? maintained(id, name, hits, owner, text) : vulnerable(id, name, hits);
  }

  static Finding vulnerable(String id, String name, List<Advisory> hits) {
    return Finding.of(id, worst(hits), name + " is vulnerable: " + effects(hits))
        .withRemedy("update it")
        .withReferences(ids(hits));
  }

  private Finding maintained(
      String id, String name, List<Advisory> hits, Optional<Installed> owner, String text) {
    Optional<Set<String>> fixes = owner.flatMap(it -> packages.fixes(it.name(), text));
    String built = name + ", built by a distribution that adds fixes without raising the number";
    List<Advisory> open = new ArrayList<>(hits);
    open.removeIf(advisory -> fixes.orElse(Set.of()).contains(advisory.cve()));
    if (open.isEmpty()) {
      return Finding.of(
          id, Severity.OK, built + ": its changelog names a fix for all that is known to Warren");
    }
    return Finding.of(
            id,
            Severity.UNKNOWN,
            built
                + ": "
                + (fixes.isPresent()
                    ? "its changelog does not name " + list(open)
                    : "its changelog cannot be read here"))
        .withRemedy(
            "look these up in the distribution's security tracker, and install its updates; they"
                + " would be: "
                + effects(open))
        .withReferences(ids(open));
  }

  private static Severity worst(List<Advisory> hits) {
    return hits.stream().map(Advisory::severity).max(Enum::compareTo).orElse(Severity.OK);
  }

  private static String effects(List<Advisory> hits) {
    return hits.stream().map(Advisory::effect).distinct().collect(Collectors.joining("; "));
  }

  private static String list(List<Advisory> hits) {
    return String.join(", ", ids(hits));
  }

  private static List<String> ids(List<Advisory> hits) {
    return hits.stream().map(Advisory::cve).toList();
  }
}

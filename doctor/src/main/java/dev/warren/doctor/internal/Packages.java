package dev.warren.doctor.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The packages of this host: which one a program came from, and which vulnerabilities its changelog
 * names. Only the database of dpkg is text; for others the distribution's name has to do.
 */
final class Packages {
  private static final Pattern CVE = Pattern.compile("CVE-\\d{4}-\\d{4,7}");

  /** The lists of files that can hold an engine's program: to read all takes seconds. */
  private static final Pattern ENGINE =
      Pattern.compile(
          "(runc|containerd|docker|moby|nerdctl|golang-github-opencontainers).*\\.list");

  /** Those that Docker builds itself from the unchanged sources, under upstream's numbers. */
  private static final Set<String> UNCHANGED =
      Set.of("containerd.io", "docker-ce", "docker-desktop", "moby-containerd", "moby-engine");

  /** Distributions with other databases, by ID and ID_LIKE of os-release. */
  private static final Set<String> OTHERS =
      Set.of("rhel", "fedora", "centos", "suse", "alpine", "arch", "amzn", "ol", "azurelinux");

  private final Host host;

  Packages(Host host) {
    this.host = host;
  }

  /** An installed package. */
  record Installed(String name, String version) {
    /** Whether its maintainers add fixes without raising the number. */
    boolean patched() {
      return !UNCHANGED.contains(name);
    }
  }

  /** The package that a file belongs to; empty where dpkg does not know it. */
  Optional<Installed> owner(String path) {
    // With merged directories dpkg may know a file of /usr/bin as one of /bin.
    Set<String> names = Set.of(path, path.startsWith("/usr") ? path.substring(4) : "/usr" + path);
    String info = "/var/lib/dpkg/info";
    return host.list(info).stream()
        .filter(file -> ENGINE.matcher(file).matches())
        .filter(file -> host.read(info + "/" + file).text().lines().anyMatch(names::contains))
        .map(file -> file.replaceAll("(:[^:.]*)?\\.list$", ""))
        .flatMap(name -> installed(name).stream())
        .findFirst();
  }

  /** The version of a package that dpkg has installed. */
  Optional<Installed> installed(String name) {
    String status = host.read("/var/lib/dpkg/status").text();
    for (String paragraph : status.split("\n\n", -1)) {
      if (field(paragraph, "Package").equals(name)
          && field(paragraph, "Status").endsWith(" installed")) {
        return Optional.of(new Installed(name, field(paragraph, "Version")));
      }
    }
    return Optional.empty();
  }

  private static String field(String paragraph, String name) {
    return paragraph
        .lines()
        .filter(line -> line.startsWith(name + ": "))
        .map(line -> line.substring(name.length() + 2).strip())
        .findFirst()
        .orElse("");
  }

  /**
   * The CVEs that the changelog of a package names, from the entry of a version on, or all where no
   * entry's version appears in the text. Empty where there is no changelog: small images strip it.
   */
  Optional<Set<String>> fixes(String name, String runningVersion) {
    for (String file : List.of("changelog.Debian.gz", "changelog.gz")) {
      FileView changelog = host.readCompressed("/usr/share/doc/" + name + "/" + file);
      if (changelog.seen()) {
        return Optional.of(named(changelog.text(), runningVersion));
      }
    }
    return Optional.empty();
  }

  private static Set<String> named(String changelog, String runningVersion) {
    List<String> lines = new ArrayList<>(changelog.lines().toList());
    for (int i = 0; i < lines.size(); i++) {
      Matcher entry = Pattern.compile("^\\S+ \\(([^)]+)\\) .*").matcher(lines.get(i));
      if (entry.matches() && words(runningVersion).contains(entry.group(1))) {
        lines = lines.subList(i, lines.size());
        break;
      }
    }
    Set<String> found = new TreeSet<>();
    lines.forEach(line -> CVE.matcher(line).results().forEach(cve -> found.add(cve.group())));
    return found;
  }

  private static Set<String> words(String text) {
    return new TreeSet<>(List.of(text.split("[\\s,]+", -1)));
  }

  /** The name of a distribution whose packages cannot be read here; empty for others. */
  Optional<String> unreadableDistribution() {
    String release = host.read("/etc/os-release").text();
    List<String> ids =
        release
            .lines()
            .filter(line -> line.matches("(ID|ID_LIKE)=.*"))
            .map(line -> line.substring(line.indexOf('=') + 1).replaceAll("[\"']", ""))
            .flatMap(line -> List.of(line.split(" +", -1)).stream())
            .toList();
    return ids.stream().filter(OTHERS::contains).findFirst();
  }
}

package dev.warren.doctor.internal;

import dev.warren.Finding;
import dev.warren.Finding.Severity;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether programs of this host reach the kernel's crypto code through AF_ALG sockets. Java cannot
 * open one, and opening one would load a module: so the kernel's tables, its configuration and the
 * rules of modprobe are read instead.
 */
final class AlgSocketsCheck implements Check {
  private static final String ID = "kernel.af-alg";
  private static final List<String> RULES =
      List.of("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d");
  private static final String REFUSED = "\\s+(/usr)?/s?bin/(false|true).*";

  /** The kernel asks for algif_aead by its name, which a blacklist does not stop. */
  private static final Pattern AEAD_BLOCKED = Pattern.compile("install\\s+algif[_-]aead" + REFUSED);

  /**
   * The kernel asks for af_alg by an alias, which a blacklist stops; a loaded one needs no asking.
   */
  private static final Pattern FAMILY_BLOCKED =
      Pattern.compile("install\\s+af[_-]alg" + REFUSED + "|blacklist\\s+af[_-]alg");

  private final Host host;

  AlgSocketsCheck(Host host) {
    this.host = host;
  }

  @Override
  public String subject() {
    return "kernel";
  }

  @Override
  public List<Finding> look() {
    FileView protocols = host.read("/proc/net/protocols");
    boolean family = protocols.text().lines().anyMatch(line -> line.startsWith("ALG "));
    boolean aead = host.exists("/sys/module/algif_aead") || loaded("algif_aead");
    if (aead) {
      return List.of(reachable("AF_ALG sockets with AEAD are in use or were"));
    }
    String release = host.read("/proc/sys/kernel/osrelease").line();
    String config = config(release);
    if (set(config, "CONFIG_CRYPTO_USER_API_AEAD", "y")) {
      return List.of(reachable("AF_ALG sockets with AEAD are built into the kernel"));
    }
    if (config.contains("# CONFIG_CRYPTO_USER_API_AEAD is not set")) {
      return List.of(safe("the kernel was built without AF_ALG sockets with AEAD"));
    }
    if (!loadable()) {
      return List.of(
          family && config.isEmpty()
              ? unknown("AF_ALG sockets are there; whether with AEAD is not to be seen")
              : safe("AF_ALG sockets with AEAD are not there, and no module can be loaded"));
    }
    if (blocked(family)) {
      return List.of(safe("modprobe is told not to load AF_ALG sockets with AEAD"));
    }
    FileView modules = host.read("/lib/modules/" + release + "/modules.dep");
    FileView builtIn = host.read("/lib/modules/" + release + "/modules.builtin");
    if (names(builtIn)) {
      return List.of(reachable("AF_ALG sockets with AEAD are built into the kernel"));
    }
    if (names(modules) || set(config, "CONFIG_CRYPTO_USER_API_AEAD", "m")) {
      return List.of(reachable("AF_ALG sockets with AEAD are loaded when a program opens one"));
    }
    return List.of(
        modules.seen() && builtIn.seen()
            ? safe("the kernel has no module for AF_ALG sockets with AEAD")
            : unknown("whether programs can open AF_ALG sockets is not to be seen"));
  }

  private boolean loaded(String module) {
    return host.read("/proc/modules")
        .text()
        .lines()
        .anyMatch(line -> line.startsWith(module + " "));
  }

  private boolean loadable() {
    return host.exists("/proc/modules")
        && !host.read("/proc/sys/kernel/modules_disabled").line().equals("1");
  }

  private boolean blocked(boolean familyLoaded) {
    return RULES.stream()
        .flatMap(
            directory ->
                host.list(directory).stream()
                    .filter(name -> name.endsWith(".conf"))
                    .map(name -> directory + "/" + name))
        .flatMap(file -> host.read(file).text().lines())
        .map(String::strip)
        .anyMatch(
            line ->
                AEAD_BLOCKED.matcher(line).matches()
                    || (!familyLoaded && FAMILY_BLOCKED.matcher(line).matches()));
  }

  private String config(String release) {
    FileView running = host.readCompressed("/proc/config.gz");
    return running.seen() ? running.text() : host.read("/boot/config-" + release).text();
  }

  private static boolean set(String config, String option, String value) {
    return config.lines().collect(Collectors.toSet()).contains(option + "=" + value);
  }

  private static boolean names(FileView modules) {
    Set<String> files =
        modules
            .text()
            .lines()
            .map(line -> line.replaceAll("[:\\s].*", ""))
            .collect(Collectors.toSet());
    return files.stream().anyMatch(file -> file.matches("(.*/)?algif_aead\\.ko(\\.\\w+)?"));
  }

  private static Finding reachable(String what) {
    return Finding.of(
            ID, Severity.WARN, what + "; Warren's own seccomp profile denies them to sandboxes")
        .withRemedy(
            "unless something here needs them, put \"install algif_aead /bin/false\" into a file of"
                + " /etc/modprobe.d; give no sandbox another seccomp profile")
        .withReferences(List.of("CVE-2026-31431"));
  }

  private static Finding safe(String what) {
    return Finding.of(ID, Severity.OK, what);
  }

  private static Finding unknown(String what) {
    return Finding.of(ID, Severity.UNKNOWN, what)
        .withRemedy("look at the kernel's configuration for CONFIG_CRYPTO_USER_API_AEAD")
        .withReferences(List.of("CVE-2026-31431"));
  }
}

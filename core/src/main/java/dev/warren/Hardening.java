package dev.warren;

import java.util.List;

/**
 * How a container is fenced in.
 *
 * @param capabilities kept of those a process can have; all others are dropped
 * @param seccomp whether Warren's profile applies
 * @param noNewPrivileges whether setuid programs stay without effect
 * @param readOnlyRoot whether the image's file system is read-only; {@code /data} and {@code /tmp}
 *     then have to be mounts
 */
public record Hardening(
    List<String> capabilities, boolean seccomp, boolean noNewPrivileges, boolean readOnlyRoot) {

  /** What package managers need to unpack and own files, and to drop privileges. */
  private static final List<String> PACKAGE_MANAGERS =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID");

  public Hardening {
    capabilities = List.copyOf(capabilities);
  }

  /** Few capabilities, Warren's seccomp profile, no new privileges, a writable root. */
  public static Hardening defaults() {
    return new Hardening(PACKAGE_MANAGERS, true, true, false);
  }

  public Hardening withReadOnlyRoot() {
    return new Hardening(capabilities, seccomp, noNewPrivileges, true);
  }

  public Hardening withCapabilities(List<String> values) {
    return new Hardening(values, seccomp, noNewPrivileges, readOnlyRoot);
  }

  /** Insecure: system calls are not filtered. */
  public Hardening insecureWithoutSeccomp() {
    return new Hardening(capabilities, false, noNewPrivileges, readOnlyRoot);
  }

  /** Insecure: setuid programs of the image can gain privileges. */
  public Hardening insecureWithNewPrivileges() {
    return new Hardening(capabilities, seccomp, false, readOnlyRoot);
  }
}

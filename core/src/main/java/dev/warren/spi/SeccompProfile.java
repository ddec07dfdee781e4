package dev.warren.spi;

import dev.warren.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Warren's system call filter: a list of what is allowed; all else fails with EPERM.
 *
 * <p>It is stricter than the engines' own profiles. Not allowed, whatever the capabilities:
 *
 * <ul>
 *   <li>sockets of other families than unix, IPv4, IPv6, netlink and packet, so no AF_ALG. The
 *       families are compared as the kernel does, by the lower 32 bits: a filter that looks for
 *       "not AF_ALG" in all 64 is passed by setting a bit above.
 *   <li>key rings, bpf, userfaultfd, performance counters, kernel modules, kexec, mounts, new
 *       namespaces. {@code clone3} and {@code io_uring} answer ENOSYS, because C libraries and
 *       runtimes then take the older way.
 *   <li>programs of the 32-bit architectures: their {@code socketcall} hides the family behind a
 *       pointer, which a filter cannot read.
 * </ul>
 *
 * <p>The text is an OCI {@code linux.seccomp} object, which the Docker API takes too.
 */
public final class SeccompProfile {
  private static final String RESOURCE = "seccomp.json";
  private static final String PLACE = "@ARCHITECTURE@";

  private SeccompProfile() {}

  /**
   * The profile for one architecture, named as images name it.
   *
   * @throws SandboxException {@code UNSUPPORTED} for others than {@code amd64} and {@code arm64}
   */
  public static String json(String architecture) {
    String name =
        switch (architecture) {
          case "amd64", "x86_64" -> "SCMP_ARCH_X86_64";
          case "arm64", "aarch64" -> "SCMP_ARCH_AARCH64";
          default ->
              throw SandboxException.of(
                      SandboxException.Code.UNSUPPORTED, "load seccomp profile", architecture)
                  .detail("there is none for this architecture")
                  .remedy("use amd64 or arm64")
                  .build();
        };
    return text().replace(PLACE, name);
  }

  private static String text() {
    try (InputStream resource = SeccompProfile.class.getResourceAsStream(RESOURCE)) {
      if (resource == null) {
        throw new IllegalStateException(RESOURCE + " is missing in the jar");
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

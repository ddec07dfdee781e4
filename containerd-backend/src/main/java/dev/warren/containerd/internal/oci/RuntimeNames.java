package dev.warren.containerd.internal.oci;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** From the short names of runtimes to what containerd calls them. Thread-safe. */
public final class RuntimeNames {
  /** The default. */
  public static final String RUNC = "io.containerd.runc.v2";

  private static final Map<String, String> KNOWN =
      Map.of(
          "runc",
          RUNC,
          "crun",
          RUNC,
          "runsc",
          "io.containerd.runsc.v1",
          "kata",
          "io.containerd.kata.v2");
  private static final Pattern FULL =
      Pattern.compile("io\\.containerd\\.([a-z0-9][a-z0-9-]{0,40})\\.(v[0-9]{1,3})");

  /** Where containerd is started from has more than an application's path at times. */
  private static final List<String> USUAL =
      List.of("/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/bin", "/sbin");

  private final List<Path> directories;

  private RuntimeNames(List<Path> directories) {
    this.directories = directories;
  }

  /** Looks for shims where containerd would. */
  public static RuntimeNames onPath(String searchPath) {
    return new RuntimeNames(
        Stream.concat(Stream.of(searchPath.split(":", -1)), USUAL.stream())
            .filter(name -> name.startsWith("/"))
            .distinct()
            .map(Path::of)
            .toList());
  }

  /**
   * A runtime.
   *
   * @param name as containerd wants it
   * @param binary the program the shim runs, where it is not the shim's own default
   */
  public record RuntimeName(String name, Optional<String> binary) {
    /** Whether it is a process of this kernel, so that its namespaces are seen from the host. */
    public boolean sharesKernel() {
      return name.equals(RUNC);
    }
  }

  /**
   * Finds a runtime.
   *
   * @param wanted empty: the default
   * @throws SandboxException {@code UNSUPPORTED} when it is not installed, {@code INVALID_ARGUMENT}
   */
  public RuntimeName find(Optional<String> wanted, String subject) {
    String shortName = wanted.orElse("runc");
    String name = KNOWN.getOrDefault(shortName, shortName);
    Matcher parts = FULL.matcher(name);
    if (!parts.matches()) {
      throw error(Code.INVALID_ARGUMENT, subject, "'" + shortName + "' is no name of a runtime")
          .remedy("use runc, crun, runsc, kata or a name such as io.containerd.runc.v2")
          .build();
    }
    if (wanted.isEmpty()) {
      return new RuntimeName(RUNC, Optional.empty());
    }
    String shim = "containerd-shim-" + parts.group(1) + "-" + parts.group(2);
    if (!isInstalled(shim)) {
      throw error(Code.UNSUPPORTED, subject, "the runtime '" + shortName + "' is not on this host")
          .remedy("install " + shim)
          .build();
    }
    if (shortName.equals("crun") && !isInstalled("crun")) {
      throw error(Code.UNSUPPORTED, subject, "the runtime 'crun' is not on this host")
          .remedy("install crun")
          .build();
    }
    return new RuntimeName(name, shortName.equals("crun") ? Optional.of("crun") : Optional.empty());
  }

  private boolean isInstalled(String program) {
    return directories.stream().anyMatch(path -> Files.isExecutable(path.resolve(program)));
  }

  private static SandboxException.Builder error(Code code, String subject, String detail) {
    return SandboxException.of(code, "choose runtime", subject)
        .backend(ContainerdErrors.BACKEND)
        .detail(detail);
  }
}

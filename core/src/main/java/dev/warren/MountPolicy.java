package dev.warren;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which paths of the host a sandbox may see. Paths are compared after all links were resolved, each
 * time a sandbox is started. Independent of it, runtimes always refuse {@code /} and engines'
 * sockets.
 */
@FunctionalInterface
public interface MountPolicy {

  /**
   * Checks a bind.
   *
   * @throws SandboxException {@code PERMISSION_DENIED}, {@code NOT_FOUND}
   */
  void check(Mount.Bind bind);

  /** No path at all; the default. */
  static MountPolicy none() {
    return bind -> {
      throw denied(bind).remedy("allow its directory with MountPolicy.below").build();
    };
  }

  /**
   * What lies in these directories or below them.
   *
   * @throws SandboxException {@code NOT_FOUND} when one of them is missing
   */
  static MountPolicy below(Path... directories) {
    List<Path> allowed = new ArrayList<>();
    for (Path directory : directories) {
      allowed.add(real(directory, "allow mounts below", ""));
    }
    return bind -> {
      Path real = real(bind.source(), "mount", bind.target());
      if (allowed.stream().noneMatch(real::startsWith)) {
        throw denied(bind)
            .remedy("its directory, with links resolved, is not an allowed one")
            .build();
      }
    };
  }

  private static SandboxException.Builder denied(Mount.Bind bind) {
    return SandboxException.of(SandboxException.Code.PERMISSION_DENIED, "mount", bind.target())
        .detail("the mount policy does not allow this host path");
  }

  private static Path real(Path path, String operation, String subject) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw SandboxException.of(SandboxException.Code.NOT_FOUND, operation, subject)
          .detail("the host path does not exist or cannot be reached")
          .cause(e)
          .build();
    }
  }
}

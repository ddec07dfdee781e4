package dev.warren;

import java.nio.file.Path;

/** Something that appears at a path of the sandbox beside its image. */
public sealed interface Mount {

  /** Where it appears: an absolute, normalised path in the sandbox. */
  String target();

  /** A directory or file of the host. Which ones are allowed is for the {@link MountPolicy}. */
  record Bind(Path source, String target, boolean readOnly) implements Mount {
    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public Bind {
      checkTarget(target);
      if (!source.isAbsolute()) {
        throw SandboxException.invalid("check mount", target, "the host path is not absolute");
      }
    }

    /** Leaves the host path out. */
    @Override
    public String toString() {
      return "Bind[target=" + target + ", readOnly=" + readOnly + "]";
    }
  }

  /** Memory that is gone when the sandbox stops; it counts towards its memory limit. */
  record Tmpfs(String target, long sizeBytes) implements Mount {
    /**
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public Tmpfs {
      checkTarget(target);
      if (sizeBytes < 4096) {
        throw SandboxException.invalid("check mount", target, "a tmpfs needs at least 4096 bytes");
      }
    }
  }

  private static void checkTarget(String target) {
    boolean clean =
        target.startsWith("/")
            && target.length() > 1
            && Path.of(target).normalize().toString().equals(target);
    if (!clean || target.indexOf('\0') >= 0) {
      throw SandboxException.invalid(
          "check mount",
          "'" + target + "'",
          "the target must be an absolute, normalised path below '/'");
    }
  }
}

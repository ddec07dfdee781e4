package dev.warren.spi;

import dev.warren.DoctorReport.Finding;
import java.util.List;

/**
 * Makes a runtime known to {@code ServiceLoader}. Neither the constructor nor {@link #probe} may
 * throw, block for more than a moment, or change anything.
 */
public interface SandboxRuntimeProvider {

  /** The name to choose it by, such as {@code containerd}. */
  String name();

  /**
   * Whether it is the built-in fallback without isolation, which discovery takes only where no
   * engine's artifact is on the class path.
   */
  default boolean embedded() {
    return false;
  }

  /** Whether it could be opened here and now, and if not, why. Nothing is cached. */
  Availability probe();

  /**
   * Opens it with its default settings.
   *
   * @throws dev.warren.SandboxException {@code UNAVAILABLE}, {@code PERMISSION_DENIED}, {@code
   *     UNSUPPORTED}
   */
  SandboxRuntime open(StateDirectory stateDirectory);

  /**
   * What this engine adds to {@link dev.warren.SandboxRuntimes#doctor()}: findings on the engine
   * and what it needs, beyond whether it is available. It keeps to the rules of {@link #probe};
   * what takes longer than a few seconds is left out. Default: nothing.
   *
   * <p>A finding here replaces one of the same id that the doctor would make by itself, such as
   * {@code containerd.version}: the engine that answers is better than a program on the path.
   */
  default List<Finding> examine(Examination examination) {
    return List.of();
  }

  /** The answer of {@link #probe()}. */
  sealed interface Availability {

    /** It can be opened; {@code detail} says what was found. */
    record Available(String detail) implements Availability {}

    /** It cannot; {@code reason} says why, and what would help. */
    record Unavailable(String reason) implements Availability {}
  }
}

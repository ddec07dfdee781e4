package dev.warren.spi;

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

  /** The answer of {@link #probe()}. */
  sealed interface Availability {

    /** It can be opened; {@code detail} says what was found. */
    record Available(String detail) implements Availability {}

    /** It cannot; {@code reason} says why, and what would help. */
    record Unavailable(String reason) implements Availability {}
  }
}

package dev.warren.spi;

import dev.warren.Finding;
import dev.warren.StateDirectory;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

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
   * What this engine adds to an examination of the host (artifact {@code warren-doctor}): findings
   * on the engine and what it needs, beyond whether it is available. It keeps to the rules of
   * {@link #probe}; what takes longer than a few seconds is left out. Default: nothing.
   *
   * <p>A finding here replaces one of the same id that the doctor would make by itself, such as
   * {@code containerd.version}: the engine that answers is better than a program on the path.
   */
  default List<Finding> examine(Examination examination) {
    return List.of();
  }

  /**
   * All providers on the class path, sorted by name: those that the thread's context class loader
   * sees, as frameworks expect, or if it sees none, those beside Warren itself. Nothing is cached.
   *
   * @throws java.util.ServiceConfigurationError when one of them cannot be loaded
   */
  static List<SandboxRuntimeProvider> installed() {
    List<SandboxRuntimeProvider> found = load(Thread.currentThread().getContextClassLoader());
    return found.isEmpty() ? load(SandboxRuntimeProvider.class.getClassLoader()) : found;
  }

  private static List<SandboxRuntimeProvider> load(ClassLoader loader) {
    return ServiceLoader.load(SandboxRuntimeProvider.class, loader).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(SandboxRuntimeProvider::name))
        .toList();
  }

  /** The answer of {@link #probe()}. */
  sealed interface Availability {

    /** It can be opened; {@code detail} says what was found. */
    record Available(String detail) implements Availability {}

    /** It cannot; {@code reason} says why, and what would help. */
    record Unavailable(String reason) implements Availability {}
  }
}

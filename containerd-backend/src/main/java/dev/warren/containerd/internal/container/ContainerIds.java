package dev.warren.containerd.internal.container;

import dev.warren.SandboxException;
import java.util.regex.Pattern;

/** Ids as callers give them: they become names in the engine, and of directories here. */
public final class ContainerIds {
  private static final Pattern VALID = Pattern.compile("[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");
  private static final int MAX = 76;

  private ContainerIds() {}

  /** Whether a container could have that id. */
  public static boolean isValid(String id) {
    return id.length() <= MAX && VALID.matcher(id).matches();
  }

  /**
   * Keeps what cannot be an id from getting into paths and filters.
   *
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static void check(String operation, String id) {
    if (!isValid(id)) {
      throw SandboxException.invalid(operation, "'" + id + "'", "it is no container id");
    }
  }
}

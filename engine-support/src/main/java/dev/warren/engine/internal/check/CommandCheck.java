package dev.warren.engine.internal.check;

import dev.warren.SandboxException;
import dev.warren.spi.ContainerSpec;

/** What must hold for the command, the environment and the directory of any engine's container. */
public final class CommandCheck {
  private CommandCheck() {}

  /**
   * @throws SandboxException {@code INVALID_ARGUMENT}
   */
  public static void check(ContainerSpec spec) {
    for (String part : spec.command()) {
      require(part.indexOf('\0') < 0, spec, "its command has a NUL character");
    }
    spec.env()
        .forEach(
            (name, value) -> {
              require(
                  !name.isEmpty() && name.indexOf('=') < 0 && name.indexOf('\0') < 0,
                  spec,
                  "a name in its environment is empty or has '=' or NUL");
              require(value.indexOf('\0') < 0, spec, "a value in its environment has NUL");
            });
    spec.workingDirectory()
        .ifPresent(
            path ->
                require(
                    path.startsWith("/") && path.indexOf('\0') < 0,
                    spec,
                    "its working directory is not absolute"));
  }

  private static void require(boolean condition, ContainerSpec spec, String detail) {
    if (!condition) {
      throw SandboxException.invalid("check container", spec.id(), detail);
    }
  }
}

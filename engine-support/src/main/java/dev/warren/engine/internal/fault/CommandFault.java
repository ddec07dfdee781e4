package dev.warren.engine.internal.fault;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Tells why a container's command did not start. The words are those of the OCI runtime, which
 * every engine passes on as text under some status of its own, so the text is all there is to go
 * by.
 */
public final class CommandFault {
  private static final Pattern COMMAND_MISSING =
      Pattern.compile(
          "executable file not found in \\$PATH"
              + "|exec:? .*(?:no such file or directory|not a directory)");
  private static final Pattern NOT_EXECUTABLE =
      Pattern.compile("exec:? .*(?:permission denied|is a directory)");
  private static final Pattern NO_MEMORY =
      Pattern.compile("cannot allocate memory|OOM-killed|cgroup memory");

  private CommandFault() {}

  /**
   * The error for what the runtime said of a command; empty when that was not about the command.
   *
   * @param error begins an error with a code
   */
  public static Optional<SandboxException> ofCommand(
      String text, Function<Code, SandboxException.Builder> error) {
    if (text.contains("exec format error")) {
      return Optional.of(
          error
              .apply(Code.UNSUPPORTED)
              .detail("its command is made for another kind of machine, or has no interpreter line")
              .build());
    }
    if (NOT_EXECUTABLE.matcher(text).find()) {
      return Optional.of(
          error
              .apply(Code.PERMISSION_DENIED)
              .reason("NOT_EXECUTABLE")
              .detail("its command cannot be executed")
              .build());
    }
    if (COMMAND_MISSING.matcher(text).find()) {
      return Optional.of(
          error
              .apply(Code.NOT_FOUND)
              .reason("COMMAND_NOT_FOUND")
              .detail("its command is not in the image")
              .build());
    }
    return Optional.empty();
  }

  /** The error when the runtime said that memory was short; empty when it did not. */
  public static Optional<SandboxException> ofMemory(
      String text, Function<Code, SandboxException.Builder> error) {
    return NO_MEMORY.matcher(text).find()
        ? Optional.of(
            error.apply(Code.RESOURCE_EXHAUSTED).detail("there is not enough memory").build())
        : Optional.empty();
  }
}

package dev.warren.containerd.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.engine.internal.fault.CommandFault;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Tells why a task could not be started. The runtime's words come through the shim and the daemon
 * as text under one status, so the text is all there is to go by.
 */
final class StartFault {
  private static final Pattern BUNDLE_LEFT =
      Pattern.compile("failed to start shim: mkdir .*: file exists");

  private StartFault() {}

  /** The daemon still has the directory of an earlier task of this name. */
  static boolean isBundleLeft(SandboxException failure) {
    return failure.code() == Code.INTERNAL
        && BUNDLE_LEFT.matcher(ContainerdErrors.daemonText(failure)).find();
  }

  static SandboxException explain(String id, RuntimeException failure) {
    if (!(failure instanceof SandboxException known) || known.code() != Code.INTERNAL) {
      return failure instanceof SandboxException other ? other : map(id, failure);
    }
    String text = ContainerdErrors.daemonText(failure);
    Function<Code, SandboxException.Builder> error = code -> error(code, id, known);
    Optional<SandboxException> command = CommandFault.ofCommand(text, error);
    if (command.isPresent()) {
      return command.get();
    }
    if (BUNDLE_LEFT.matcher(text).find()) {
      return error(Code.UNAVAILABLE, id, known)
          .detail("the daemon still holds what is left of an earlier task of this name")
          .remedy("restart the daemon, which then removes it")
          .build();
    }
    return CommandFault.ofMemory(text, error).orElse(known);
  }

  private static SandboxException map(String id, RuntimeException failure) {
    return ContainerdErrors.map("start", id, failure);
  }

  private static SandboxException.Builder error(Code code, String id, SandboxException cause) {
    return SandboxException.of(code, "start", id)
        .backend(ContainerdErrors.BACKEND)
        .cause(cause.getCause() == null ? cause : cause.getCause());
  }
}

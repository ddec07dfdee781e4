package dev.warren.containerd.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import java.util.regex.Pattern;

/**
 * Tells why a task could not be started. The runtime's words come through the shim and the daemon
 * as text under one status, so the text is all there is to go by.
 */
final class StartFault {
  private static final Pattern COMMAND_MISSING =
      Pattern.compile(
          "executable file not found in \\$PATH"
              + "|exec:? .*(?:no such file or directory|not a directory)");
  private static final Pattern NOT_EXECUTABLE =
      Pattern.compile("exec:? .*(?:permission denied|is a directory)");
  private static final Pattern NO_MEMORY =
      Pattern.compile("cannot allocate memory|OOM-killed|cgroup memory");

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
    if (text.contains("exec format error")) {
      return error(Code.UNSUPPORTED, id, known)
          .detail("its command is made for another kind of machine, or has no interpreter line")
          .build();
    }
    if (NOT_EXECUTABLE.matcher(text).find()) {
      return error(Code.PERMISSION_DENIED, id, known)
          .reason("NOT_EXECUTABLE")
          .detail("its command cannot be executed")
          .build();
    }
    if (COMMAND_MISSING.matcher(text).find()) {
      return error(Code.NOT_FOUND, id, known)
          .reason("COMMAND_NOT_FOUND")
          .detail("its command is not in the image")
          .build();
    }
    if (BUNDLE_LEFT.matcher(text).find()) {
      return error(Code.UNAVAILABLE, id, known)
          .detail("the daemon still holds what is left of an earlier task of this name")
          .remedy("restart the daemon, which then removes it")
          .build();
    }
    if (NO_MEMORY.matcher(text).find()) {
      return error(Code.RESOURCE_EXHAUSTED, id, known).detail("there is not enough memory").build();
    }
    return known;
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

package dev.warren.docker.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import java.util.regex.Pattern;

/**
 * Tells why a task could not be started. The OCI runtime's words come through the engine as text
 * under any status, so the text is all there is to go by.
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
  private static final Pattern NO_DEVICE =
      Pattern.compile("could not select device driver|CDI device|cdi: unresolvable");
  private static final Pattern NO_RUNTIME =
      Pattern.compile("unknown or invalid runtime|runtime .* binary not installed");
  private static final Pattern NO_NETWORK = Pattern.compile("network .* not found");
  private static final Pattern MOUNT_GONE =
      Pattern.compile("bind source path does not exist|invalid mount config");

  private static final Pattern REMAINS =
      Pattern.compile(
          "failed to (?:start|create) (?:shim(?: task)?|task for container): mkdir .*: file exists"
              + "|container with given ID already exists");

  private StartFault() {}

  /** Whether an earlier start, which ended with its daemon, is still being tidied up. */
  static boolean isOfRemains(SandboxException failure) {
    return REMAINS.matcher(DockerErrors.engineText(failure)).find();
  }

  static SandboxException explain(String id, SandboxException failure) {
    Code known = failure.code();
    if (known == Code.CANCELLED || known == Code.TIMEOUT || known == Code.CLOSED) {
      return failure;
    }
    String text = DockerErrors.engineText(failure);
    if (text.contains("exec format error")) {
      return error(Code.UNSUPPORTED, id, failure)
          .detail("its command is made for another kind of machine, or has no interpreter line")
          .build();
    }
    if (NOT_EXECUTABLE.matcher(text).find()) {
      return error(Code.PERMISSION_DENIED, id, failure)
          .reason("NOT_EXECUTABLE")
          .detail("its command cannot be executed")
          .build();
    }
    if (COMMAND_MISSING.matcher(text).find()) {
      return error(Code.NOT_FOUND, id, failure)
          .reason("COMMAND_NOT_FOUND")
          .detail("its command is not in the image")
          .build();
    }
    if (NO_DEVICE.matcher(text).find()) {
      return error(Code.UNSUPPORTED, id, failure)
          .detail("the engine cannot give it the devices it asks for")
          .remedy("install the vendor's container toolkit on the engine's host")
          .build();
    }
    if (NO_RUNTIME.matcher(text).find()) {
      return error(Code.UNSUPPORTED, id, failure)
          .detail("the engine does not have its runtime")
          .build();
    }
    if (NO_MEMORY.matcher(text).find()) {
      return error(Code.RESOURCE_EXHAUSTED, id, failure)
          .detail("there is not enough memory")
          .build();
    }
    if (NO_NETWORK.matcher(text).find()) {
      return error(Code.UNAVAILABLE, id, failure)
          .detail("its network was removed from the engine")
          .remedy("start it again")
          .build();
    }
    if (isOfRemains(failure)) {
      return error(Code.UNAVAILABLE, id, failure)
          .detail("what an earlier start left behind is still there")
          .remedy("start it again later, or restart the engine's containerd, which removes it")
          .build();
    }
    if (MOUNT_GONE.matcher(text).find()) {
      return error(Code.NOT_FOUND, id, failure).detail("a host path of it does not exist").build();
    }
    return failure;
  }

  private static SandboxException.Builder error(Code code, String id, SandboxException cause) {
    return SandboxException.of(code, "start", id)
        .backend(DockerErrors.BACKEND)
        .cause(cause.getCause() == null ? cause : cause.getCause());
  }
}

package dev.warren.docker.internal.task;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.fault.CommandFault;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Tells why a task could not be started. The OCI runtime's words come through the engine as text
 * under any status, so the text is all there is to go by.
 */
final class StartFault {
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
    Function<Code, SandboxException.Builder> error =
        code -> DockerErrors.error(code, "start", id, failure);
    Optional<SandboxException> command = CommandFault.ofCommand(text, error);
    if (command.isPresent()) {
      return command.get();
    }
    if (NO_DEVICE.matcher(text).find()) {
      return DockerErrors.error(Code.UNSUPPORTED, "start", id, failure)
          .detail("the engine cannot give it the devices it asks for")
          .remedy("install the vendor's container toolkit on the engine's host")
          .build();
    }
    if (NO_RUNTIME.matcher(text).find()) {
      return DockerErrors.error(Code.UNSUPPORTED, "start", id, failure)
          .detail("the engine does not have its runtime")
          .build();
    }
    Optional<SandboxException> memory = CommandFault.ofMemory(text, error);
    if (memory.isPresent()) {
      return memory.get();
    }
    if (NO_NETWORK.matcher(text).find()) {
      return DockerErrors.error(Code.UNAVAILABLE, "start", id, failure)
          .detail("its network was removed from the engine")
          .remedy("start it again")
          .build();
    }
    if (isOfRemains(failure)) {
      return DockerErrors.error(Code.UNAVAILABLE, "start", id, failure)
          .detail("what an earlier start left behind is still there")
          .remedy("start it again later, or restart the engine's containerd, which removes it")
          .build();
    }
    if (MOUNT_GONE.matcher(text).find()) {
      return DockerErrors.error(Code.NOT_FOUND, "start", id, failure)
          .detail("a host path of it does not exist")
          .build();
    }
    return failure;
  }
}

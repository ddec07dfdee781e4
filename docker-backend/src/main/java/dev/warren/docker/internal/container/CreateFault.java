package dev.warren.docker.internal.container;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import java.util.regex.Pattern;

/** Says more about a refused creation than the engine's status does. */
final class CreateFault {
  private static final Pattern RUNTIME =
      Pattern.compile("(?i)unknown runtime|unknown or invalid runtime");
  private static final Pattern SOURCE = Pattern.compile("bind source path does not exist");
  private static final Pattern CAPABILITY =
      Pattern.compile("(?i)unknown capability|invalid CapAdd");

  private CreateFault() {}

  static SandboxException explain(String id, SandboxException failure) {
    String text = DockerErrors.engineText(failure);
    if (failure.code() == Code.NOT_FOUND) {
      return DockerErrors.error(Code.NOT_FOUND, "create", id, failure)
          .detail("its image is not on the engine")
          .remedy("pull it first")
          .build();
    }
    if (RUNTIME.matcher(text).find()) {
      return DockerErrors.error(Code.UNSUPPORTED, "create", id, failure)
          .detail("the engine does not have its runtime")
          .build();
    }
    if (SOURCE.matcher(text).find()) {
      return DockerErrors.error(Code.NOT_FOUND, "create", id, failure)
          .detail("a host path of it does not exist where the engine is")
          .remedy("open the runtime with sharedHost(false) if the engine is on another host")
          .build();
    }
    if (CAPABILITY.matcher(text).find()) {
      return DockerErrors.error(Code.INVALID_ARGUMENT, "create", id, failure)
          .detail("the engine does not know one of its capabilities")
          .build();
    }
    return failure;
  }
}

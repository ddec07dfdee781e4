package dev.warren.docker.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;

/**
 * What an engine says about itself.
 *
 * @param text such as {@code 20.10.24}
 * @param api what is spoken with it
 * @param architecture as Go names it, such as {@code amd64}
 * @param podman whether it is Podman behind Docker's API
 */
public record EngineVersion(String text, ApiVersion api, String architecture, boolean podman) {

  /**
   * The version to speak: the newest that both sides know.
   *
   * @throws SandboxException {@code UNSUPPORTED}
   */
  static ApiVersion negotiate(ApiVersion newest) {
    if (newest.compareTo(ApiVersion.OLDEST) < 0) {
      throw unsupported(
          "the engine speaks the Docker API " + newest + ", " + ApiVersion.OLDEST + " is needed",
          "update Docker to 20.10 or newer");
    }
    return newest.compareTo(ApiVersion.NEWEST) < 0 ? newest : ApiVersion.NEWEST;
  }

  /**
   * Checks what only the version call tells.
   *
   * @throws SandboxException {@code UNSUPPORTED}
   */
  static void checkOldest(ApiVersion spoken, ApiVersion oldest) {
    if (oldest.compareTo(spoken) > 0) {
      throw unsupported(
          "the engine wants the Docker API " + oldest + " or newer, this code knows " + spoken,
          "update Warren");
    }
  }

  /** The error for a plain request to an engine that listens with TLS. */
  static SandboxException wantsTls() {
    return DockerErrors.error(Code.INVALID_ARGUMENT, "open runtime", "")
        .detail("the engine wants TLS")
        .remedy("name the CA, the client's certificate and its key")
        .build();
  }

  static SandboxException unsupported(String detail, String remedy) {
    return DockerErrors.error(Code.UNSUPPORTED, "open runtime", "")
        .detail(detail)
        .remedy(remedy)
        .build();
  }
}

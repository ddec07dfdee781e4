package dev.warren.docker.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.fault.SocketFault;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out why a unix socket could not be used: what helps the reader differs. */
final class ConnectFault {
  private static final SocketFault SOCKET =
      new SocketFault(
          DockerErrors.BACKEND,
          "the engine's socket",
          "the engine",
          "start Docker, or name the address it listens on");

  private ConnectFault() {}

  /** The error for a call whose failure is the connection's. */
  static SandboxException explain(
      Endpoint endpoint, String operation, String subject, Throwable failure) {
    return Optional.of(endpoint)
        .filter(Endpoint::isUnix)
        .flatMap(unix -> SOCKET.explain(unix.socket(), operation, subject, failure))
        .orElseGet(() -> DockerErrors.map(operation, subject, failure));
  }

  /** The error for an answer that is not a Docker engine's. */
  static SandboxException stranger(String operation, @Nullable Throwable failure) {
    return DockerErrors.error(Code.UNAVAILABLE, operation, "")
        .detail("what listens at the engine's address does not speak the Docker API")
        .remedy("name the address of the engine itself")
        .cause(failure)
        .build();
  }
}

package dev.warren.containerd.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.fault.SocketFault;
import io.grpc.Status;
import java.nio.file.Path;

/**
 * Finds out why a connection could not be made. grpc says UNAVAILABLE for all of it; what helps the
 * reader differs.
 */
final class ConnectFault {
  private static final SocketFault SOCKET =
      new SocketFault(
          ContainerdErrors.BACKEND,
          "the containerd socket",
          "containerd",
          "start containerd, or name the socket it listens on");

  private ConnectFault() {}

  /** The error for a call that failed with UNAVAILABLE. */
  static SandboxException explain(
      Path socket, String operation, String subject, Throwable failure) {
    return SOCKET
        .explain(socket, operation, subject, failure)
        .orElseGet(() -> ContainerdErrors.map(operation, subject, failure));
  }

  /** The error for a first call that got an answer which is not containerd's. */
  static SandboxException stranger(String operation, String subject, Throwable failure) {
    return SandboxException.of(Code.UNAVAILABLE, operation, subject)
        .backend(ContainerdErrors.BACKEND)
        .detail("what listens on the containerd socket does not speak containerd's API")
        .remedy("name the socket of containerd itself")
        .cause(failure)
        .build();
  }

  /** The error for a first call without an answer: the daemon may be hung, or the machine busy. */
  static SandboxException silent(String operation, String subject, Throwable failure) {
    return SandboxException.of(Code.UNAVAILABLE, operation, subject)
        .backend(ContainerdErrors.BACKEND)
        .detail("what listens on the containerd socket did not answer in time")
        .remedy("check that it is containerd, and whether the machine is overloaded")
        .cause(failure)
        .build();
  }

  /** Whether there was no answer, which says nothing about who was asked. */
  static boolean isSilent(Throwable failure) {
    return Status.fromThrowable(failure).getCode() == Status.Code.DEADLINE_EXCEEDED;
  }

  /** Whether the peer broke the protocol rather than being absent. */
  static boolean isForeign(Throwable failure) {
    Status status = Status.fromThrowable(failure);
    return switch (status.getCode()) {
      case UNIMPLEMENTED, INTERNAL, UNKNOWN -> true;
      case UNAVAILABLE -> !hasConnectError(status);
      default -> false;
    };
  }

  private static boolean hasConnectError(Status status) {
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.SocketException) {
        return true;
      }
    }
    return false;
  }
}

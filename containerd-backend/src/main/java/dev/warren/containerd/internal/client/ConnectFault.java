package dev.warren.containerd.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds out why a connection could not be made. grpc says UNAVAILABLE for all of it; what helps the
 * reader differs.
 */
final class ConnectFault {
  private ConnectFault() {}

  /** The error for a call that failed with UNAVAILABLE. */
  static SandboxException explain(
      Path socket, String operation, String subject, Throwable failure) {
    SandboxException.Builder error = atPath(socket, operation, subject, failure);
    return error != null ? error.build() : ContainerdErrors.map(operation, subject, failure);
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

  private static SandboxException.@Nullable Builder atPath(
      Path socket, String operation, String subject, Throwable failure) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(socket, BasicFileAttributes.class);
      if (!attributes.isOther()) {
        return error(Code.INVALID_ARGUMENT, operation, subject, failure)
            .detail("what is named as the containerd socket is no socket")
            .remedy("name the socket that containerd listens on");
      }
    } catch (NoSuchFileException e) {
      return error(Code.UNAVAILABLE, operation, subject, failure)
          .detail("the containerd socket does not exist")
          .remedy("start containerd, or name the socket it listens on");
    } catch (AccessDeniedException e) {
      return denied(operation, subject, failure);
    } catch (IOException e) {
      return null;
    }
    return saysDenied(failure) ? denied(operation, subject, failure) : null;
  }

  private static SandboxException.Builder denied(
      String operation, String subject, Throwable failure) {
    return error(Code.PERMISSION_DENIED, operation, subject, failure)
        .detail("this process may not use the containerd socket")
        .remedy("run it as root or as a member of the group that owns the socket");
  }

  private static boolean saysDenied(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof IOException && text.contains("permission denied")) {
        return true;
      }
    }
    return false;
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

  private static SandboxException.Builder error(
      Code code, String operation, String subject, Throwable failure) {
    return SandboxException.of(code, operation, subject)
        .backend(ContainerdErrors.BACKEND)
        .cause(failure);
  }
}

package dev.warren.docker.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds out why a unix socket could not be used: what helps the reader differs. */
final class ConnectFault {
  private ConnectFault() {}

  /** The error for a call whose failure is the connection's. */
  static SandboxException explain(
      Endpoint endpoint, String operation, String subject, Throwable failure) {
    SandboxException.Builder error =
        endpoint.isUnix() ? atSocket(endpoint, operation, subject, failure) : null;
    return error != null ? error.build() : DockerErrors.map(operation, subject, failure);
  }

  /** The error for an answer that is not a Docker engine's. */
  static SandboxException stranger(String operation, @Nullable Throwable failure) {
    return SandboxException.of(Code.UNAVAILABLE, operation, "")
        .backend(DockerErrors.BACKEND)
        .detail("what listens at the engine's address does not speak the Docker API")
        .remedy("name the address of the engine itself")
        .cause(failure)
        .build();
  }

  private static SandboxException.@Nullable Builder atSocket(
      Endpoint endpoint, String operation, String subject, Throwable failure) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(endpoint.socket(), BasicFileAttributes.class);
      if (!attributes.isOther()) {
        return error(Code.INVALID_ARGUMENT, operation, subject, failure)
            .detail("what is named as the engine's socket is no socket")
            .remedy("name the socket that the engine listens on");
      }
    } catch (NoSuchFileException e) {
      return error(Code.UNAVAILABLE, operation, subject, failure)
          .detail("the engine's socket does not exist")
          .remedy("start Docker, or name the address it listens on");
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
        .detail("this process may not use the engine's socket")
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

  private static SandboxException.Builder error(
      Code code, String operation, String subject, Throwable failure) {
    return SandboxException.of(code, operation, subject)
        .backend(DockerErrors.BACKEND)
        .cause(failure);
  }
}

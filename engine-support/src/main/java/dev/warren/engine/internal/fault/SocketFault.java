package dev.warren.engine.internal.fault;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds out why an engine's unix socket could not be used: what helps the reader differs. The words
 * name no path.
 *
 * @param backend for the errors
 * @param socket what it is, such as {@code the containerd socket}
 * @param listener who listens on it, such as {@code containerd}
 * @param start what helps when nobody does
 */
public record SocketFault(String backend, String socket, String listener, String start) {

  /**
   * The error for a call that failed on the way to a socket.
   *
   * @return {@code INVALID_ARGUMENT} (no socket), {@code UNAVAILABLE} (not there), {@code
   *     PERMISSION_DENIED}; empty when the socket is not to blame
   */
  public Optional<SandboxException> explain(
      Path path, String operation, String subject, Throwable failure) {
    try {
      if (!Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
        return Optional.of(
            error(Code.INVALID_ARGUMENT, operation, subject, failure)
                .detail("what is named as " + socket + " is no socket")
                .remedy("name the socket that " + listener + " listens on")
                .build());
      }
    } catch (NoSuchFileException e) {
      return Optional.of(
          error(Code.UNAVAILABLE, operation, subject, failure)
              .detail(socket + " does not exist")
              .remedy(start)
              .build());
    } catch (AccessDeniedException e) {
      return Optional.of(denied(operation, subject, failure));
    } catch (IOException e) {
      return Optional.empty();
    }
    return saysDenied(failure)
        ? Optional.of(denied(operation, subject, failure))
        : Optional.empty();
  }

  private SandboxException denied(String operation, String subject, Throwable failure) {
    return error(Code.PERMISSION_DENIED, operation, subject, failure)
        .detail("this process may not use " + socket)
        .remedy("run it as root or as a member of the group that owns the socket")
        .build();
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

  private SandboxException.Builder error(
      Code code, String operation, String subject, Throwable failure) {
    return SandboxException.of(code, operation, subject).backend(backend).cause(failure);
  }
}

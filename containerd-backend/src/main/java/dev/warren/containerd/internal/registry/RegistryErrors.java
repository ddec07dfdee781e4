package dev.warren.containerd.internal.registry;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.manifest.MalformedImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;

/** The one table from a registry's failures to {@link SandboxException}s. */
public final class RegistryErrors {
  private RegistryErrors() {}

  /** Whether trying again may help: a lost connection, a busy server. */
  public static boolean mayPass(Throwable failure) {
    if (failure instanceof RegistryFailure answer) {
      return answer.mayPass();
    }
    return failure instanceof IOException
        && !(failure instanceof UnknownHostException
            || failure instanceof SSLException
            || failure instanceof InterruptedIOException
            || failure instanceof MalformedImage
            || failure instanceof RefusedRedirect);
  }

  /** The error a caller sees. */
  public static SandboxException map(
      String operation, String subject, String registry, Exception failure) {
    SandboxException.Builder error =
        SandboxException.of(code(failure), operation, subject)
            .backend(ContainerdErrors.BACKEND)
            .cause(failure);
    if (failure instanceof RegistryFailure answer) {
      return describe(error, registry, answer).build();
    }
    if (failure instanceof MalformedImage || failure instanceof RefusedRedirect) {
      error.detail(String.valueOf(failure.getMessage()));
    } else if (failure instanceof InterruptedException
        || failure instanceof InterruptedIOException) {
      error.detail("the calling thread was interrupted");
    } else if (failure instanceof UnknownHostException) {
      error.detail("the registry " + registry + " is not known by name");
    } else if (failure instanceof SSLException) {
      error
          .detail("there is no trusted TLS connection to the registry " + registry)
          .remedy("add the certificate of its authority to the settings");
    } else if (failure instanceof HttpTimeoutException) {
      error.detail("the registry " + registry + " does not answer in time");
    } else if (failure instanceof ConnectException) {
      error.detail("the registry " + registry + " cannot be reached");
    } else {
      error.detail("the connection to the registry " + registry + " was lost");
    }
    return error.build();
  }

  private static Code code(Exception failure) {
    if (failure instanceof MalformedImage image) {
      return image.code();
    }
    if (failure instanceof InterruptedException || failure instanceof InterruptedIOException) {
      return Code.CANCELLED;
    }
    if (failure instanceof RegistryFailure answer) {
      return switch (answer.status()) {
        case 404 -> Code.NOT_FOUND;
        case 401, 403 -> Code.PERMISSION_DENIED;
        case 400, 405, 406, 410 -> Code.UNSUPPORTED;
        // A blob shorter than the image says.
        case 416 -> Code.DATA_LOSS;
        default -> Code.UNAVAILABLE;
      };
    }
    return failure instanceof IOException ? Code.UNAVAILABLE : Code.INTERNAL;
  }

  private static SandboxException.Builder describe(
      SandboxException.Builder error, String registry, RegistryFailure answer) {
    return switch (answer.status()) {
      case 404 -> error.detail("the registry " + registry + " has no such repository or tag");
      case 401, 403 ->
          error
              .detail("the registry " + registry + " does not allow it")
              .remedy("check the name, and give credentials that may read it");
      case 429 -> error.detail("the registry " + registry + " limits the rate of requests");
      default -> error.detail("the registry " + registry + " answered " + answer.getMessage());
    };
  }
}

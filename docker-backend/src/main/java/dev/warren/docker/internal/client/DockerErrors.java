package dev.warren.docker.internal.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.fault.EngineText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The one table from the engine's answers to {@link SandboxException} codes. Thread-safe.
 *
 * <p>The engine's text goes into the message without paths, because those are the host's; the full
 * text stays in the cause.
 */
public final class DockerErrors {
  /** How the backend is called in errors. */
  public static final String BACKEND = "docker";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int NOT_MODIFIED = 304;
  private static final int NOT_FOUND = 404;

  private static final Pattern STATUS = Pattern.compile("^Status \\d{3}: ?");

  private DockerErrors() {}

  /** Begins an error of this backend. */
  public static SandboxException.Builder error(Code code, String operation, String subject) {
    return SandboxException.of(code, operation, subject).backend(BACKEND);
  }

  /** Begins an error that says more about a failure; its cause is the engine's answer. */
  public static SandboxException.Builder error(
      Code code, String operation, String subject, SandboxException failure) {
    return error(code, operation, subject)
        .cause(failure.getCause() == null ? failure : failure.getCause());
  }

  /**
   * Turns a failed call into the error a caller sees. A {@link SandboxException} passes unchanged.
   */
  public static SandboxException map(String operation, String subject, Throwable failure) {
    if (failure instanceof SandboxException known) {
      return known;
    }
    Code code = code(failure);
    SandboxException.Builder error = error(code, operation, subject).cause(failure);
    if (status(failure).isPresent()) {
      return error.detail(safeText(failure)).build();
    }
    switch (code) {
      case CANCELLED -> error.detail("the call was interrupted");
      case TIMEOUT -> error.detail("the engine did not answer in time");
      case PERMISSION_DENIED ->
          error
              .detail("TLS with the engine failed: " + safeText(failure))
              .remedy("check the CA, the client's certificate and its key");
      case UNAVAILABLE ->
          error
              .detail("the engine does not answer")
              .remedy("check that it is running and reachable");
      default -> error.detail("the engine's answer could not be used: " + safeText(failure));
    }
    return error.build();
  }

  /** The row of the table for one failure. */
  public static Code code(Throwable failure) {
    if (failure instanceof SandboxException known) {
      return known.code();
    }
    Optional<Integer> status = status(failure);
    if (status.isPresent()) {
      return code(status.get(), engineText(failure));
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Code code = transportCode(cause);
      if (code != null) {
        return code;
      }
    }
    return Code.INTERNAL;
  }

  /**
   * The row for an HTTP status and the engine's words, also where those come inside a stream.
   *
   * @param status 0 where there is none
   */
  public static Code code(int status, String text) {
    String words = text.toLowerCase(Locale.ROOT);
    if (isExhausted(words)) {
      return Code.RESOURCE_EXHAUSTED;
    }
    return switch (status) {
      case 400, 406, 415 -> Code.INVALID_ARGUMENT;
      case 401, 403 -> Code.PERMISSION_DENIED;
      case NOT_FOUND -> Code.NOT_FOUND;
      case 409 -> words.contains("already in use by") ? Code.ALREADY_EXISTS : Code.CONFLICT;
      case 408, 504 -> Code.TIMEOUT;
      case 413, 429, 507 -> Code.RESOURCE_EXHAUSTED;
      case 501 -> Code.UNSUPPORTED;
      case 502, 503 -> Code.UNAVAILABLE;
      default -> Code.INTERNAL;
    };
  }

  private static @Nullable Code transportCode(Throwable cause) {
    if (cause instanceof InterruptedException || cause instanceof ClosedByInterruptException) {
      return Code.CANCELLED;
    }
    if (cause instanceof SocketTimeoutException || cause instanceof TimeoutException) {
      return Code.TIMEOUT;
    }
    if (cause instanceof InterruptedIOException) {
      return Code.CANCELLED;
    }
    if (cause instanceof SSLException) {
      return Code.PERMISSION_DENIED;
    }
    if (cause instanceof JsonProcessingException) {
      return Code.INTERNAL;
    }
    return cause instanceof IOException ? Code.UNAVAILABLE : null;
  }

  /** Whether the engine said that the subject does not exist. */
  public static boolean isNotFound(Throwable failure) {
    return failure instanceof SandboxException known
        ? known.code() == Code.NOT_FOUND
        : is(failure, NOT_FOUND);
  }

  /** Whether the engine said that the state is the wanted one already. */
  public static boolean isNotModified(Throwable failure) {
    return is(
        failure instanceof SandboxException && failure.getCause() != null
            ? failure.getCause()
            : failure,
        NOT_MODIFIED);
  }

  /** What the engine said, paths included; for decisions, never for messages. */
  public static String engineText(Throwable failure) {
    Throwable origin =
        failure instanceof SandboxException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String text = STATUS.matcher(String.valueOf(origin.getMessage())).replaceFirst("").strip();
    if (!text.startsWith("{")) {
      return text;
    }
    try {
      JsonNode message = MAPPER.readTree(text).path("message");
      return message.isTextual() ? message.asText() : text;
    } catch (JsonProcessingException e) {
      return text;
    }
  }

  private static Optional<Integer> status(Throwable failure) {
    return failure instanceof DockerException docker
        ? Optional.of(docker.getHttpStatus())
        : Optional.empty();
  }

  private static boolean is(Throwable failure, int status) {
    return status(failure).filter(found -> found == status).isPresent();
  }

  private static boolean isExhausted(String words) {
    return words.contains("no space left on device")
        || words.contains("quota exceeded")
        || words.contains("could not find an available, non-overlapping ipv4 address pool")
        || words.contains("no available ipv4 addresses")
        || words.contains("cannot allocate memory");
  }

  private static String safeText(Throwable failure) {
    String text = engineText(failure);
    return text.isBlank() || text.equals("null")
        ? "it gave no reason (" + failure.getClass().getSimpleName() + ")"
        : EngineText.withoutPaths(text);
  }
}

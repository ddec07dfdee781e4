package dev.warren.containerd.internal.client;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.engine.internal.fault.EngineText;
import io.grpc.Status;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * The one table from the daemon's answers to {@link SandboxException} codes. Thread-safe.
 *
 * <p>The daemon's text goes into the message without paths, because those are the host's; the full
 * text stays in the cause.
 */
public final class ContainerdErrors {
  /** How the backend is called in errors. */
  public static final String BACKEND = "containerd";

  private ContainerdErrors() {}

  /**
   * Turns a failed call into the error a caller sees. A {@link SandboxException} passes unchanged.
   */
  public static SandboxException map(String operation, String subject, Throwable failure) {
    if (failure instanceof SandboxException known) {
      return known;
    }
    Status status = Status.fromThrowable(failure);
    SandboxException.Builder error =
        SandboxException.of(code(status), operation, subject).backend(BACKEND).cause(failure);
    switch (isLostConnection(status) ? Status.Code.UNAVAILABLE : status.getCode()) {
      case CANCELLED -> error.detail("the call was interrupted or cancelled");
      case DEADLINE_EXCEEDED -> error.detail("the daemon did not answer in time");
      case UNAVAILABLE ->
          error.detail("the daemon does not answer").remedy("check that containerd is running");
      case UNIMPLEMENTED -> error.detail("this daemon does not offer the call");
      default -> error.detail(safeText(status));
    }
    return error.build();
  }

  /** The row of the table for one status. */
  public static Code code(Status status) {
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Code.NOT_FOUND;
      case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
      case FAILED_PRECONDITION, ABORTED -> Code.CONFLICT;
      case PERMISSION_DENIED, UNAUTHENTICATED -> Code.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Code.TIMEOUT;
      case CANCELLED -> Code.CANCELLED;
      case UNIMPLEMENTED -> Code.UNSUPPORTED;
      case DATA_LOSS -> Code.DATA_LOSS;
      // The daemon has no status for a full disk: it arrives as UNKNOWN with the kernel's words.
      case UNKNOWN, INTERNAL, OK ->
          isLostConnection(status)
              ? Code.UNAVAILABLE
              : isDiskFull(status) ? Code.RESOURCE_EXHAUSTED : Code.INTERNAL;
    };
  }

  /** Whether the daemon said that the subject does not exist. */
  public static boolean isNotFound(Throwable failure) {
    return is(failure, Code.NOT_FOUND);
  }

  /** Whether the daemon said that the subject exists already. */
  public static boolean isAlreadyExists(Throwable failure) {
    return is(failure, Code.ALREADY_EXISTS);
  }

  /** What the daemon said, paths included; for decisions, never for messages. */
  public static String daemonText(Throwable failure) {
    Throwable origin =
        failure instanceof SandboxException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return Optional.ofNullable(Status.fromThrowable(origin).getDescription()).orElse("");
  }

  private static boolean is(Throwable failure, Code code) {
    return failure instanceof SandboxException known
        ? known.code() == code
        : code(Status.fromThrowable(failure)) == code;
  }

  /**
   * A connection that closes while a request is written is UNKNOWN to grpc. What the daemon itself
   * answers has no cause on this side.
   */
  static boolean isLostConnection(Status status) {
    return status.getCause() instanceof IOException;
  }

  private static boolean isDiskFull(Status status) {
    String text = String.valueOf(status.getDescription()).toLowerCase(Locale.ROOT);
    return text.contains("no space left on device") || text.contains("quota exceeded");
  }

  private static String safeText(Status status) {
    String text = status.getDescription();
    return text == null || text.isBlank()
        ? "the daemon answered " + status.getCode()
        : EngineText.withoutPaths(text);
  }
}

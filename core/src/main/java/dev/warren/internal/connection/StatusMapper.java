package dev.warren.internal.connection;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The one table from what a gRPC call ends with to a {@link SandboxException}. Stateless, so
 * thread-safe.
 */
public final class StatusMapper {
  /** Tells situations apart that share a status; the values are those of {@code Reason}. */
  static final Metadata.Key<String> REASON =
      Metadata.Key.of("warren-reason", Metadata.ASCII_STRING_MARSHALLER);

  private static final int MAX_DETAIL = 2000;

  private StatusMapper() {}

  /** The code of ours for a status of gRPC. */
  static Code code(Status.Code code) {
    return switch (code) {
      case INVALID_ARGUMENT, OUT_OF_RANGE -> Code.INVALID_ARGUMENT;
      case NOT_FOUND -> Code.NOT_FOUND;
      case ALREADY_EXISTS -> Code.ALREADY_EXISTS;
      case ABORTED, FAILED_PRECONDITION -> Code.CONFLICT;
      case PERMISSION_DENIED, UNAUTHENTICATED -> Code.PERMISSION_DENIED;
      case RESOURCE_EXHAUSTED -> Code.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Code.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Code.TIMEOUT;
      case CANCELLED -> Code.CANCELLED;
      case UNIMPLEMENTED -> Code.UNSUPPORTED;
      case DATA_LOSS -> Code.DATA_LOSS;
      case OK, UNKNOWN, INTERNAL -> Code.INTERNAL;
    };
  }

  public static SandboxException map(
      String operation, String subject, Status reported, @Nullable Metadata trailers) {
    Status status =
        isBroken(reported) ? Status.UNAVAILABLE.withCause(reported.getCause()) : reported;
    SandboxException.Builder error =
        SandboxException.of(code(status.getCode()), operation, subject)
            .reason(trailers == null ? null : trailers.get(REASON))
            .detail(detail(status))
            .cause(status.getCause());
    if (status.getCode() == Status.Code.UNIMPLEMENTED) {
      error.remedy("the bridge in this sandbox is older than this library; restart the sandbox");
    }
    return error.build();
  }

  /**
   * Whether it tells of a connection that broke. In the moment in which a call is sent gRPC has no
   * code of its own for that and says UNKNOWN; only on this side a status has a cause.
   */
  private static boolean isBroken(Status status) {
    return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
  }

  public static SandboxException map(
      String operation, String subject, StatusRuntimeException failure) {
    return map(operation, subject, failure.getStatus(), failure.getTrailers());
  }

  public static SandboxException map(String operation, String subject, StatusException failure) {
    return map(operation, subject, failure.getStatus(), failure.getTrailers());
  }

  /** For a caller that was interrupted: sets its flag again. */
  public static SandboxException interrupted(
      String operation, String subject, @Nullable Throwable cause) {
    Thread.currentThread().interrupt();
    return SandboxException.of(Code.CANCELLED, operation, subject)
        .detail("the calling thread was interrupted")
        .cause(cause)
        .build();
  }

  private static String detail(Status status) {
    String text = status.getDescription();
    boolean local = status.getCause() != null;
    return switch (status.getCode()) {
      case CANCELLED ->
          status.getCause() instanceof InterruptedException
              ? "the calling thread was interrupted"
              : "the call was cancelled" + (text == null || local ? "" : ": " + bounded(text));
      case DEADLINE_EXCEEDED -> "the bridge did not answer in time";
      // Transport errors are worded by gRPC and may hold the path of a socket of the host.
      case UNAVAILABLE ->
          local || text == null
              ? "the connection to the sandbox's bridge was lost"
              : "the bridge does not answer: " + bounded(text);
      default -> text == null || text.isBlank() ? status.getCode().name() : bounded(text);
    };
  }

  private static String bounded(String text) {
    return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL) + "…";
  }
}

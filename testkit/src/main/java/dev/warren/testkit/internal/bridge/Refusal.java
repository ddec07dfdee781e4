package dev.warren.testkit.internal.bridge;

import dev.warren.bridge.v1.Reason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;

/** What a call ends with when it fails: a status, and a reason in the trailers. Stateless. */
final class Refusal {
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of("warren-reason", Metadata.ASCII_STRING_MARSHALLER);

  private Refusal() {}

  /** A call's work. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  static StatusRuntimeException of(Status.Code code, Reason reason, String text) {
    Metadata trailers = new Metadata();
    if (reason != Reason.REASON_UNSPECIFIED) {
      trailers.put(REASON, reason.name().substring("REASON_".length()));
    }
    return code.toStatus().withDescription(text).asRuntimeException(trailers);
  }

  static StatusRuntimeException of(Status.Code code, String text) {
    return of(code, Reason.REASON_UNSPECIFIED, text);
  }

  /** Answers a unary call. */
  static <T> void answer(StreamObserver<T> caller, Work<T> work) {
    T answer;
    try {
      answer = work.run();
    } catch (IOException | RuntimeException e) {
      caller.onError(of(e));
      return;
    }
    caller.onNext(answer);
    caller.onCompleted();
  }

  static StatusRuntimeException of(Exception failure) {
    String text = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    if (failure instanceof StatusRuntimeException known) {
      return known;
    } else if (failure instanceof NoSuchFileException) {
      return of(Status.Code.NOT_FOUND, "there is no such file");
    } else if (failure instanceof FileAlreadyExistsException) {
      return of(Status.Code.ALREADY_EXISTS, "something is there");
    } else if (failure instanceof AccessDeniedException) {
      return of(Status.Code.PERMISSION_DENIED, "access is denied");
    } else if (failure instanceof DirectoryNotEmptyException) {
      return of(Status.Code.FAILED_PRECONDITION, Reason.REASON_NOT_EMPTY, "it is not empty");
    } else if (failure instanceof FileSystemLoopException) {
      return of(Status.Code.FAILED_PRECONDITION, Reason.REASON_SYMLINK, "too many links");
    } else if (failure instanceof NotDirectoryException || text.endsWith("Not a directory")) {
      return of(Status.Code.INVALID_ARGUMENT, Reason.REASON_NOT_DIRECTORY, "it is no directory");
    } else if (failure instanceof FileSystemException && text.endsWith("Is a directory")) {
      return of(Status.Code.INVALID_ARGUMENT, Reason.REASON_IS_DIRECTORY, "it is a directory");
    }
    return of(Status.Code.INTERNAL, text);
  }
}

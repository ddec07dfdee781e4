package dev.warren.docker.internal.image;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.engine.internal.fault.EngineText;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the engine says of a registry, as errors. It gives one status for many causes and none
 * inside a stream, so its words decide; the rows are in the order in which they are looked at.
 */
final class PullErrors {
  private static final String LOGIN = "check the name, and give credentials that may read it";
  private static final String TLS =
      "let the engine trust the registry's certificate, or name it among its insecure registries";

  private record Row(Code code, @Nullable String remedy, List<String> words) {
    static Row of(Code code, @Nullable String remedy, String... words) {
      return new Row(code, remedy, List.of(words));
    }
  }

  private static final List<Row> ROWS =
      List.of(
          Row.of(
              Code.RESOURCE_EXHAUSTED,
              "free space where the engine keeps its data",
              "no space left on device",
              "disk quota exceeded"),
          Row.of(
              Code.PERMISSION_DENIED,
              LOGIN,
              "unauthorized",
              "denied",
              "no basic auth credentials",
              "authentication required",
              "401 ",
              "403 "),
          Row.of(
              Code.DATA_LOSS,
              null,
              "verification failed",
              "does not match digest",
              "mismatched digest",
              "digest mismatch",
              "unexpected commit digest",
              "don't match image configuration",
              "diff id mismatch",
              "wrong diff id",
              "invalid tar header",
              "invalid checksum",
              "invalid header"),
          Row.of(
              Code.NOT_FOUND,
              null,
              "no matching manifest",
              "cannot be used on this platform",
              "manifest unknown",
              "manifest_unknown",
              "name unknown",
              "name_unknown",
              "blob unknown",
              "unknown blob",
              "repository does not exist",
              "not found"),
          Row.of(
              Code.UNSUPPORTED,
              null,
              "unsupported media type",
              "unsupported manifest",
              "unknown manifest",
              "encountered remote",
              "schema 1",
              "schema1",
              "schema version"),
          Row.of(Code.UNAVAILABLE, TLS, "x509:", "http response to https client"),
          Row.of(
              Code.UNAVAILABLE,
              null,
              "connection refused",
              "no such host",
              "dial tcp",
              "timeout",
              "timed out",
              "deadline exceeded",
              "connection reset",
              "toomanyrequests",
              "unexpected http",
              "unexpected status",
              "temporary failure",
              "unexpected eof",
              "eof"));

  private PullErrors() {}

  /** The error for a request that failed, if it was the registry or the image. */
  static SandboxException of(SandboxException failure) {
    boolean answered =
        failure.getCause() instanceof com.github.dockerjava.api.exception.DockerException;
    return answered
        ? of(
            failure.operation(),
            failure.subject(),
            failure.code(),
            DockerErrors.engineText(failure),
            failure)
        : failure;
  }

  /** The error for an {@code error} member inside a stream. */
  static SandboxException inStream(String operation, String subject, String text) {
    return of(operation, subject, Code.INTERNAL, text, new IOException(text));
  }

  private static SandboxException of(
      String operation, String subject, Code otherwise, String text, Throwable cause) {
    String words = text.toLowerCase(Locale.ROOT);
    SandboxException.Builder error = null;
    for (Row row : ROWS) {
      if (row.words().stream().anyMatch(words::contains)) {
        error = SandboxException.of(row.code(), operation, subject);
        if (row.remedy() != null) {
          error.remedy(row.remedy());
        }
        break;
      }
    }
    return (error == null ? SandboxException.of(otherwise, operation, subject) : error)
        .backend(DockerErrors.BACKEND)
        .detail(EngineText.withoutPaths(text))
        .cause(cause)
        .build();
  }
}

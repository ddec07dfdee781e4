package dev.warren;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one error type of Warren.
 *
 * <p>The message has the form {@code operation subject (backend): detail; remedy}. It never holds a
 * path of the host or a secret; those may be in the {@linkplain #getCause() cause}.
 */
public final class SandboxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it was. The codes are stable and the same for every backend. */
  public enum Code {
    /** The request is wrong as it stands; nothing was changed. */
    INVALID_ARGUMENT,
    /** What the request names does not exist. */
    NOT_FOUND,
    /** What the request would create exists. */
    ALREADY_EXISTS,
    /** The state is not the one the request was made for: stale revision, attached elsewhere. */
    CONFLICT,
    /** Somebody (the engine, the kernel, a policy) does not allow it. */
    PERMISSION_DENIED,
    /** A limit, a quota, a disk or a pool is exhausted. */
    RESOURCE_EXHAUSTED,
    /** The engine, the registry or the bridge does not answer; trying again may help. */
    UNAVAILABLE,
    /** The time given for the operation is over. */
    TIMEOUT,
    /** The calling thread was interrupted, or the call was cancelled. */
    CANCELLED,
    /** This backend, kernel or engine version cannot do it. */
    UNSUPPORTED,
    /** The object was closed. */
    CLOSED,
    /** Data is incomplete or does not match its digest. */
    DATA_LOSS,
    /** A fault of Warren or of the engine. */
    INTERNAL
  }

  private final Code code;
  private final String operation;
  private final String subject;
  private final @Nullable String backend;
  private final @Nullable String reason;

  private SandboxException(Builder builder) {
    super(builder.message(), builder.cause);
    this.code = builder.code;
    this.operation = builder.operation;
    this.subject = builder.subject;
    this.backend = builder.backend;
    this.reason = builder.reason;
  }

  /**
   * Starts an error.
   *
   * @param operation a verb, such as {@code start} or {@code pull image}
   * @param subject what it was done to, such as a bot id, an image reference or a sandbox path
   */
  public static Builder of(Code code, String operation, String subject) {
    return new Builder(code, operation, subject);
  }

  /** An {@code INVALID_ARGUMENT} without a backend. */
  public static SandboxException invalid(String operation, String subject, String detail) {
    return of(Code.INVALID_ARGUMENT, operation, subject).detail(detail).build();
  }

  public Code code() {
    return code;
  }

  public String operation() {
    return operation;
  }

  public String subject() {
    return subject;
  }

  /** The name of the runtime that failed, where one was involved. */
  public Optional<String> backend() {
    return Optional.ofNullable(backend);
  }

  /**
   * Tells situations with the same code apart, such as {@code IS_DIRECTORY} or {@code
   * COMMAND_NOT_FOUND}; the values are those of {@code Reason} in {@code bridge.proto}.
   */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Collects the parts of an error. Not thread-safe. */
  public static final class Builder {
    private final Code code;
    private final String operation;
    private final String subject;
    private @Nullable String backend;
    private @Nullable String reason;
    private @Nullable String detail;
    private @Nullable String remedy;
    private @Nullable Throwable cause;

    private Builder(Code code, String operation, String subject) {
      this.code = Objects.requireNonNull(code, "code");
      this.operation = Objects.requireNonNull(operation, "operation");
      this.subject = Objects.requireNonNull(subject, "subject");
    }

    public Builder backend(@Nullable String name) {
      this.backend = name;
      return this;
    }

    public Builder reason(@Nullable String value) {
      this.reason = value;
      return this;
    }

    /** What went wrong, without the operation and the subject. */
    public Builder detail(String text) {
      this.detail = text;
      return this;
    }

    /** What the reader can do about it. */
    public Builder remedy(String text) {
      this.remedy = text;
      return this;
    }

    public Builder cause(@Nullable Throwable throwable) {
      this.cause = throwable;
      return this;
    }

    public SandboxException build() {
      return new SandboxException(this);
    }

    private String message() {
      StringBuilder text = new StringBuilder(operation);
      if (!subject.isEmpty()) {
        text.append(' ').append(subject);
      }
      if (backend != null) {
        text.append(" (").append(backend).append(')');
      }
      text.append(": ").append(detail == null ? code.name() : detail);
      if (remedy != null) {
        text.append("; ").append(remedy);
      }
      return text.toString();
    }
  }
}

package dev.warren.containerd.internal.registry;

import dev.warren.engine.internal.retry.RetryAfter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An answer of a registry that is not the one asked for. */
final class RegistryFailure extends IOException implements RetryAfter {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Optional<Duration> retryAfter;

  RegistryFailure(int status, Optional<Duration> retryAfter, String text) {
    super("status " + status + (text.isBlank() ? "" : ": " + text));
    this.status = status;
    this.retryAfter = retryAfter;
  }

  int status() {
    return status;
  }

  @Override
  public Optional<Duration> retryAfter() {
    return retryAfter;
  }

  boolean mayPass() {
    return status == 408 || status == 429 || (status >= 500 && status != 501);
  }
}

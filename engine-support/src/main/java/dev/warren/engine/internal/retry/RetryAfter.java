package dev.warren.engine.internal.retry;

import java.time.Duration;
import java.util.Optional;

/** A failure with which the other side may say when to come back. */
public interface RetryAfter {

  /** How long to wait, where it said so. */
  Optional<Duration> retryAfter();
}

package dev.warren.internal.concurrent;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How often something is tried, and with what pauses. Immutable.
 *
 * @param attempts how often in all; {@link Integer#MAX_VALUE} where something else sets the limit
 * @param pauseNanos before the next attempt, by the number of failures so far
 */
public record RetryPolicy(int attempts, IntToLongFunction pauseNanos) {
  private static final int MOST_DOUBLINGS = 40;

  /** Pauses that double from the first to the longest. */
  static RetryPolicy doubling(int attempts, Duration first, Duration longest) {
    return new RetryPolicy(attempts, failures -> doubled(first, longest, failures - 1));
  }

  /** No pause after the first failure, then pauses that double. */
  static RetryPolicy onceAtOnceThenDoubling(int attempts, Duration first, Duration longest) {
    return new RetryPolicy(
        attempts, failures -> failures == 1 ? 0 : doubled(first, longest, failures - 2));
  }

  /** Pauses that grow by the same step each time. */
  static RetryPolicy growing(int attempts, Duration step) {
    return new RetryPolicy(attempts, failures -> failures * step.toNanos());
  }

  private static long doubled(Duration first, Duration longest, int times) {
    long pause = first.toNanos() << Math.min(times, MOST_DOUBLINGS);
    return Math.min(pause, longest.toNanos());
  }

  /**
   * Calls until there is a result or no further attempt, sleeping meanwhile; then the last failure
   * is thrown.
   *
   * @param mayPass whether trying again may help after such a failure
   */
  public <T> T call(Predicate<Throwable> mayPass, Supplier<T> attempt) {
    return Retry.of(
            "warren",
            RetryConfig.custom()
                .maxAttempts(attempts)
                .retryOnException(mayPass)
                .intervalFunction(n -> TimeUnit.NANOSECONDS.toMillis(pauseNanos.applyAsLong(n)))
                .build())
        .executeSupplier(attempt);
  }

  /** Begins a series of attempts for callers whose pauses are their own. */
  public Series begin() {
    return new Series(
        Retry.of(
                "warren",
                RetryConfig.custom()
                    .maxAttempts(attempts)
                    .intervalFunction(pauseNanos::applyAsLong) // in our unit: we do the waiting
                    .build())
            .asyncContext());
  }

  /** The attempts at one thing. Not thread-safe. */
  public static final class Series {
    private final Retry.AsyncContext<Object> context;

    private Series(Retry.AsyncContext<Object> context) {
      this.context = context;
    }

    /** Counts a failure, and tells the nanoseconds to the next attempt; empty for none. */
    public OptionalLong next(Throwable failure) {
      long nanos = context.onError(failure);
      return nanos < 0 ? OptionalLong.empty() : OptionalLong.of(nanos);
    }
  }
}

package dev.warren.engine.internal.retry;

import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How often something is tried, and with what pauses: they double from the first to the longest. A
 * failure that is a {@link RetryAfter} may ask for another pause, up to the longest. Immutable.
 *
 * @param attempts how often in all; {@link Integer#MAX_VALUE} for no limit
 * @param first pause
 * @param longest pause
 * @param patience after it, a failure is final; counted from {@link #begin}
 */
public record RetryPolicy(int attempts, Duration first, Duration longest, Duration patience) {
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** Tried so often, with pauses that double. */
  public static RetryPolicy doubling(int attempts, Duration first, Duration longest) {
    return new RetryPolicy(attempts, first, longest, FOR_EVER);
  }

  /** Tried so often, always with the same pause. */
  public static RetryPolicy steady(int attempts, Duration pause) {
    return new RetryPolicy(attempts, pause, pause, FOR_EVER);
  }

  /** Tried for so long, always with the same pause. */
  public static RetryPolicy within(Duration patience, Duration pause) {
    return new RetryPolicy(Integer.MAX_VALUE, pause, pause, patience);
  }

  /** A step that can be done again. */
  public interface Step<T, X extends Exception> {
    T run() throws X, InterruptedException;
  }

  /**
   * Runs a step until it succeeds, fails for good, or has failed too often; then its last failure
   * is thrown. An interrupt ends the attempts with {@link InterruptedException}.
   *
   * @param mayPass whether trying again may help after such a failure
   */
  public <T, X extends Exception> T run(Predicate<Throwable> mayPass, Step<T, X> step)
      throws X, InterruptedException {
    Series series = begin(mayPass);
    while (true) {
      try {
        return step.run();
      } catch (Exception e) {
        if (!series.pause(e)) {
          throw e;
        }
      }
    }
  }

  /**
   * Begins a series of attempts for callers whose attempts are no calls, or whose pauses are no
   * sleeps.
   *
   * @param mayPass whether trying again may help after such a failure
   */
  public Series begin(Predicate<Throwable> mayPass) {
    return new Series(this, mayPass);
  }

  private Retry retry(Predicate<Throwable> mayPass) {
    return Retry.of(
        "warren-engine",
        RetryConfig.custom()
            .maxAttempts(attempts)
            .retryOnException(mayPass)
            .intervalBiFunction(this::pauseMillis)
            .build());
  }

  private long pauseMillis(int failures, Either<Throwable, Object> outcome) {
    Optional<Duration> asked =
        outcome.isLeft() && outcome.getLeft() instanceof RetryAfter failure
            ? failure.retryAfter()
            : Optional.empty();
    Duration pause = asked.orElse(first.multipliedBy(1L << Math.min(failures - 1, 16)));
    return Math.min(pause.toMillis(), longest.toMillis());
  }

  /** The attempts at one thing. Not thread-safe. */
  public static final class Series {
    private final RetryPolicy policy;
    private final Predicate<Throwable> mayPass;
    private final long begun = System.nanoTime();

    /** Made with the first failure: mostly there is none. */
    private Retry.@Nullable AsyncContext<Object> context;

    private Series(RetryPolicy policy, Predicate<Throwable> mayPass) {
      this.policy = policy;
      this.mayPass = mayPass;
    }

    /** Counts a failure, and tells the pause before the next attempt; empty for none. */
    public Optional<Duration> next(Throwable failure) {
      if (failure instanceof InterruptedException
          || System.nanoTime() - begun > policy.patience().toNanos()) {
        return Optional.empty();
      }
      if (context == null) {
        context = policy.retry(mayPass).asyncContext();
      }
      long millis = context.onError(failure);
      return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    /** Counts a failure and pauses; false, at once, where there is no further attempt. */
    public boolean pause(Throwable failure) throws InterruptedException {
      Optional<Duration> pause = next(failure);
      if (pause.isPresent()) {
        Thread.sleep(pause.get().toMillis());
      }
      return pause.isPresent();
    }

    /**
     * As {@link #pause}, for tidying up, which goes on in a thread that was interrupted: one before
     * the pause does not shorten it, one in its midst ends it. The thread's flag is set afterwards.
     */
    public boolean pauseInterrupted(Throwable failure) {
      Optional<Duration> pause = next(failure);
      pause.ifPresent(RetryPolicy::sleepInterrupted);
      return pause.isPresent();
    }
  }

  /** The sleep of {@link Series#pauseInterrupted}. */
  public static void sleepInterrupted(Duration pause) {
    boolean interrupted = Thread.interrupted();
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.warren.mcp.internal.retry;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;

/**
 * What this module tries again, how often, and after which pause. Nothing else is repeated: a call
 * that a server may have seen is never sent twice, and a server that ended is started again only by
 * the next call.
 */
public final class Retries {
  private static final long FIRST_PAUSE_MILLIS = 50;

  private final RetryConfig config;

  private Retries(RetryConfig config) {
    this.config = config;
  }

  /**
   * A server of 2026-07-28 that answers a call with {@code input_required}: the same request is
   * sent again. Where the server asks for nothing, it wants to be asked later: after 50 ms times
   * the number of the round.
   *
   * @param rounds at most so many
   */
  public static Retries inputRounds(int rounds) {
    return new Retries(
        RetryConfig.custom()
            .maxAttempts(rounds)
            .intervalFunction(round -> FIRST_PAUSE_MILLIS * round)
            .build());
  }

  /** Whether an attempt with this number, from 1 on, may be made. */
  public boolean allows(int attempt) {
    return attempt <= config.getMaxAttempts();
  }

  /** How long to wait before the attempt with this number. */
  public Duration pause(int attempt) {
    return Duration.ofMillis(config.getIntervalBiFunction().apply(attempt, null));
  }
}

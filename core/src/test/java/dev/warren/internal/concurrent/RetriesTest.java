package dev.warren.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private final RuntimeException failed = new IllegalStateException("again");

  @Test
  void bridgeStart_doublesFromHalfAMillisecond_toTwenty_forEver() {
    assertThat(micros(Retries.BRIDGE_START, 9))
        .containsExactly(500, 1000, 2000, 4000, 8000, 16000, 20000, 20000, 20000);
  }

  @Test
  void processStream_beginsAtOnce_andEndsAt640Milliseconds() {
    assertThat(micros(Retries.PROCESS_STREAM, 10))
        .containsExactly(
            0, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000, 640_000, 640_000);
  }

  @Test
  void countsOfAttempts_areThoseOfTheirKinds() {
    assertThat(micros(Retries.BRIDGE_REFUSAL, 5)).hasSize(2);
    assertThat(micros(Retries.PROCESS_START, 5)).hasSize(1);
    assertThat(LongStream.of(micros(Retries.BUSY_PROGRAM, 50)).sum())
        .isEqualTo(Duration.ofMillis(780).toNanos() / 1000);
  }

  @Test
  void call_triesAgain_onlyWhatMayPass_andThrowsTheLastFailure() {
    AtomicInteger calls = new AtomicInteger();
    assertThat(
            Retries.BRIDGE_ADDRESS.<String>call(
                failure -> failure == failed,
                () -> {
                  if (calls.incrementAndGet() == 1) {
                    throw failed;
                  }
                  return "there";
                }))
        .isEqualTo("there");
    assertThatThrownBy(
            () ->
                Retries.BRIDGE_ADDRESS.call(
                    failure -> false,
                    () -> {
                      calls.incrementAndGet();
                      throw failed;
                    }))
        .isSameAs(failed);
    assertThat(calls).hasValue(3);
  }

  private long[] micros(RetryPolicy policy, int failures) {
    RetryPolicy.Series series = policy.begin();
    return LongStream.range(0, failures)
        .mapToObj(i -> series.next(failed))
        .takeWhile(OptionalLong::isPresent)
        .mapToLong(pause -> pause.getAsLong() / 1000)
        .toArray();
  }
}

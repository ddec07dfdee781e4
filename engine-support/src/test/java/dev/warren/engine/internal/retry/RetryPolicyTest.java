package dev.warren.engine.internal.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.engine.internal.retry.RetryPolicy.Series;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private static final RetryPolicy QUICK = RetryPolicy.steady(3, Duration.ofMillis(1));

  private final AtomicInteger runs = new AtomicInteger();

  private static final class Busy extends IOException implements RetryAfter {
    private static final long serialVersionUID = 1L;

    private final transient Duration pause;

    Busy(Duration pause) {
      this.pause = pause;
    }

    @Override
    public Optional<Duration> retryAfter() {
      return Optional.of(pause);
    }
  }

  private static boolean any(Throwable failure) {
    return true;
  }

  private int failing(int times) throws IOException {
    if (runs.incrementAndGet() <= times) {
      throw new IOException("failure " + runs.get());
    }
    return runs.get();
  }

  @Test
  void failuresThatPass_areTriedAgain() throws Exception {
    assertThat(QUICK.<Integer, IOException>run(RetryPolicyTest::any, () -> failing(2)))
        .isEqualTo(3);
  }

  @Test
  void lastFailure_isThrown() {
    assertThatThrownBy(
            () -> QUICK.<Integer, IOException>run(RetryPolicyTest::any, () -> failing(9)))
        .isInstanceOf(IOException.class)
        .hasMessage("failure 3");
  }

  @Test
  void failureThatDoesNotPass_isThrownAtOnce() {
    assertThatThrownBy(() -> QUICK.<Integer, IOException>run(e -> false, () -> failing(9)))
        .hasMessage("failure 1");
  }

  @Test
  void interrupt_endsTheAttempts_withoutAFurtherOne() {
    RetryPolicy slow = RetryPolicy.steady(3, Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> slow.<Integer, IOException>run(RetryPolicyTest::any, () -> failing(9)))
        .isInstanceOf(InterruptedException.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void interruptOfAStep_isNotTriedAgain() {
    assertThatThrownBy(
            () ->
                QUICK.<Integer, IOException>run(
                    RetryPolicyTest::any,
                    () -> {
                      runs.incrementAndGet();
                      throw new InterruptedException("asked to stop");
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(runs).hasValue(1);
  }

  @Test
  void pauses_doubleUpToTheLongest() {
    Series series = EngineRetries.EVENT_STREAM.begin(RetryPolicyTest::any);
    IOException failure = new IOException("broken");
    assertThat(series.next(failure)).hasValue(Duration.ofMillis(50));
    assertThat(series.next(failure)).hasValue(Duration.ofMillis(100));
    for (int i = 0; i < 40; i++) {
      series.next(failure);
    }
    assertThat(series.next(failure)).hasValue(Duration.ofSeconds(2));
  }

  @Test
  void pauseThatIsAskedFor_isKept_upToTheLongest() {
    Series series = EngineRetries.REGISTRY_READ.begin(RetryPolicyTest::any);
    assertThat(series.next(new Busy(Duration.ofSeconds(7)))).hasValue(Duration.ofSeconds(7));
    assertThat(series.next(new Busy(Duration.ofHours(1)))).hasValue(Duration.ofSeconds(30));
    assertThat(series.next(new IOException("other"))).hasValue(Duration.ofMillis(800));
    assertThat(series.next(new IOException("fourth"))).isEmpty();
  }

  @Test
  void afterThePatience_aFailureIsFinal() throws Exception {
    RetryPolicy policy = RetryPolicy.within(Duration.ofMillis(1), Duration.ZERO);
    Series series = policy.begin(RetryPolicyTest::any);
    Thread.sleep(5);
    assertThat(series.next(new IOException("late"))).isEmpty();
  }

  @Test
  void pauseForTidyingUp_outlastsAnEarlierInterrupt_andKeepsTheFlag() {
    Series series = RetryPolicy.steady(2, Duration.ofMillis(30)).begin(RetryPolicyTest::any);
    Thread.currentThread().interrupt();
    long begun = System.nanoTime();
    assertThat(series.pauseInterrupted(new IOException("once"))).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(25));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(series.pauseInterrupted(new IOException("twice"))).isFalse();
  }
}

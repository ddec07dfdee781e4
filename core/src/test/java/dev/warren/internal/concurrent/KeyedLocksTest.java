package dev.warren.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.internal.concurrent.KeyedLocks.Held;
import dev.warren.internal.concurrent.KeyedLocks.LockTimeout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class KeyedLocksTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final KeyedLocks<String> locks = new KeyedLocks<>();

  @Test
  void acquire_letsOneThreadInAtATime_andForgetsTheKeyAfterwards() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        String key = "key-" + i % 3;
        all.add(
            threads.submit(
                () -> {
                  try (Held held = locks.acquire(key, LONG)) {
                    if (key.equals("key-0")) {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      inside.decrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(most).hasValue(1);
    assertThat(locks.size()).isZero();
  }

  @Test
  void acquire_ofAnotherKey_doesNotWait() throws Exception {
    try (Held a = locks.acquire("a", Duration.ZERO);
        Held b = locks.acquire("b", Duration.ZERO)) {
      assertThat(locks.size()).isEqualTo(2);
    }
  }

  @Test
  void acquire_givesUpInTime_andLeavesNothingBehind() throws Exception {
    try (Held held = locks.acquire("a", Duration.ZERO)) {
      assertThatThrownBy(() -> locks.acquire("a", Duration.ofMillis(5)))
          .isInstanceOf(LockTimeout.class);
    }
    assertThat(locks.size()).isZero();
  }

  @Test
  void acquire_canBeInterrupted_andTheNextOneStillGetsTheLock() throws Exception {
    Held held = locks.acquire("a", Duration.ZERO);
    Thread waiter =
        new Thread(
            () ->
                assertThatThrownBy(() -> locks.acquire("a", LONG))
                    .isInstanceOf(InterruptedException.class));
    waiter.start();
    waiter.interrupt();
    waiter.join();
    held.close();
    try (Held next = locks.acquire("a", Duration.ZERO)) {
      assertThat(locks.size()).isEqualTo(1);
    }
  }
}

package dev.warren.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AddressCacheTest {

  @Test
  void get_looksUpOnce_howeverManyAskAtTheSameTime() throws Exception {
    AtomicInteger lookups = new AtomicInteger();
    CountDownLatch release = new CountDownLatch(1);
    AddressCache<String, String> cache =
        new AddressCache<>(
            key -> {
              lookups.incrementAndGet();
              await(release);
              return "address of " + key;
            });
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        answers.add(threads.submit(() -> cache.get("a")));
      }
      release.countDown();
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo("address of a");
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(lookups).hasValue(1);
  }

  @Test
  void get_afterAFailure_looksUpAgain() {
    AtomicInteger lookups = new AtomicInteger();
    AddressCache<String, String> cache =
        new AddressCache<>(
            key -> {
              if (lookups.incrementAndGet() == 1) {
                throw SandboxException.of(Code.UNAVAILABLE, "look up", key).build();
              }
              return "found";
            });
    assertThatThrownBy(() -> cache.get("a")).isInstanceOf(SandboxException.class);
    assertThat(cache.get("a")).isEqualTo("found");
  }

  @Test
  void get_afterInvalidate_looksUpAgain() {
    AtomicInteger lookups = new AtomicInteger();
    AddressCache<String, Integer> cache = new AddressCache<>(key -> lookups.incrementAndGet());
    assertThat(cache.get("a")).isEqualTo(1);
    cache.invalidate("a");
    assertThat(cache.get("a")).isEqualTo(2);
    cache.invalidateAll();
    assertThat(cache.get("a")).isEqualTo(3);
  }

  @Test
  void get_whenTheLookingThreadIsInterrupted_anotherTakesOver() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    AtomicInteger lookups = new AtomicInteger();
    AddressCache<String, String> cache =
        new AddressCache<>(
            key -> {
              if (lookups.incrementAndGet() > 1) {
                return "second";
              }
              looking.countDown();
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SandboxException.of(Code.CANCELLED, "look up", key).cause(e).build();
              }
              return "first";
            });
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<String> first = threads.submit(() -> cache.get("a"));
      looking.await();
      Future<String> second = threads.submit(() -> cache.get("a"));
      first.cancel(true);
      assertThat(second.get()).isEqualTo("second");
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

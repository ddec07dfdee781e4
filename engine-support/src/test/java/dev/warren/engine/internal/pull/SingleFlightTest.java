package dev.warren.engine.internal.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
  private final SingleFlight<String, String, Integer> flights = new SingleFlight<>("test");
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicBoolean workInterrupted = new AtomicBoolean();

  private int work() {
    runs.incrementAndGet();
    started.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      workInterrupted.set(true);
      throw SandboxException.of(Code.CANCELLED, "pull", "x").build();
    }
    return 42;
  }

  private int join(List<String> heard) {
    return flights.join(
        "key",
        "pull",
        "x",
        heard::add,
        report -> {
          int result = work();
          report.accept("done");
          return result;
        });
  }

  /** A caller on a thread of its own. */
  private final class Caller {
    final CompletableFuture<Integer> result = new CompletableFuture<>();
    final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    final AtomicBoolean flag = new AtomicBoolean();
    final Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(join(heard));
              } catch (SandboxException e) {
                flag.set(Thread.currentThread().isInterrupted());
                result.completeExceptionally(e);
              }
            });

    Caller() throws InterruptedException {
      thread.start();
      while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
        Thread.onSpinWait();
      }
    }

    void assertFails(Code code) {
      assertThatThrownBy(() -> result.get(5, TimeUnit.SECONDS))
          .cause()
          .asInstanceOf(type(SandboxException.class))
          .extracting(SandboxException::code)
          .isEqualTo(code);
    }
  }

  @Test
  void callersOfOneKey_shareTheWorkAndItsReports() throws Exception {
    Caller one = new Caller();
    Caller two = new Caller();
    release.countDown();

    assertThat(one.result.get(5, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(two.result.get(5, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(runs).hasValue(1);
    assertThat(one.heard).containsExactly("done");
    assertThat(two.heard).containsExactly("done");
  }

  @Test
  void interrupt_endsOneCallersWaitingOnly() throws Exception {
    Caller one = new Caller();
    Caller two = new Caller();

    one.thread.interrupt();
    one.assertFails(Code.CANCELLED);
    assertThat(one.flag).isTrue();
    assertThat(workInterrupted).isFalse();

    release.countDown();
    assertThat(two.result.get(5, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(one.heard).isEmpty();
  }

  @Test
  void interruptOfTheLastCaller_endsTheWorkBeforeItReturns() throws Exception {
    Caller one = new Caller();
    started.await();
    one.thread.interrupt();
    one.assertFails(Code.CANCELLED);
    assertThat(workInterrupted).isTrue();
  }

  @Test
  void close_endsWorkAndWaitingWithClosed() throws Exception {
    Caller one = new Caller();
    started.await();
    flights.close();
    one.assertFails(Code.CLOSED);
    assertThatThrownBy(() -> join(new ArrayList<>()))
        .asInstanceOf(type(SandboxException.class))
        .extracting(SandboxException::code)
        .isEqualTo(Code.CLOSED);
  }

  @Test
  void listenerThatFails_disturbsNobody() {
    release.countDown();
    int result =
        flights.join(
            "key",
            "pull",
            "x",
            event -> {
              throw new IllegalStateException("a test's listener");
            },
            report -> {
              report.accept("one");
              return work();
            });
    assertThat(result).isEqualTo(42);
  }
}

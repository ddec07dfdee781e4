package dev.warren.bench.mcp;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** The three ways to call. */
enum Load {
  /** One after the other. */
  SEQUENTIAL("sequential"),
  /** One thread that has 64 calls under way. */
  IN_FLIGHT("64 in flight"),
  /** 64 threads that each wait for their answer. */
  THREADS("64 threads");

  static final Map<String, Object> ARGUMENTS = Map.of("message", "hello, is there anybody?");
  static final String ARGUMENTS_JSON = "{\"message\":\"hello, is there anybody?\"}";
  private static final int WIDTH = 64;

  private final String title;

  Load(String title) {
    this.title = title;
  }

  /**
   * What one run gave.
   *
   * @param p50 and p99, in microseconds; 0 where single calls are not timed
   */
  record Outcome(double perSecond, double p50, double p99, int failed) {}

  Outcome run(EchoClient client, int calls) throws Exception {
    return switch (this) {
      case SEQUENTIAL -> sequential(client, calls);
      case IN_FLIGHT -> inFlight(client, calls);
      case THREADS -> threads(client, calls);
    };
  }

  private static Outcome sequential(EchoClient client, int calls) throws InterruptedException {
    double[] micros = new double[calls];
    int failed = 0;
    long start = System.nanoTime();
    long before = start;
    for (int i = 0; i < calls; i++) {
      failed += tryCall(client);
      long now = System.nanoTime();
      micros[i] = (now - before) / 1e3;
      before = now;
    }
    double seconds = (before - start) / 1e9;
    Arrays.sort(micros);
    return new Outcome(
        (calls - failed) / seconds, micros[calls / 2], micros[calls * 99 / 100], failed);
  }

  private static Outcome inFlight(EchoClient client, int calls) throws InterruptedException {
    Semaphore room = new Semaphore(WIDTH);
    AtomicInteger failed = new AtomicInteger();
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      room.acquire();
      CompletableFuture<?> call;
      try {
        call = client.callAsync();
      } catch (RuntimeException e) {
        call = CompletableFuture.failedFuture(e);
      }
      var unused =
          call.whenComplete(
              (answer, failure) -> {
                if (failure != null) {
                  failed.incrementAndGet();
                }
                room.release();
              });
    }
    room.acquire(WIDTH);
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Outcome((calls - failed.get()) / seconds, 0, 0, failed.get());
  }

  private static Outcome threads(EchoClient client, int calls) throws InterruptedException {
    AtomicInteger left = new AtomicInteger(calls);
    AtomicInteger failed = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(WIDTH);
    long start = System.nanoTime();
    for (int i = 0; i < WIDTH; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (left.getAndDecrement() > 0) {
                    failed.addAndGet(tryCall(client));
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException("nobody interrupts this", e);
                } finally {
                  done.countDown();
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Outcome((calls - failed.get()) / seconds, 0, 0, failed.get());
  }

  private static int tryCall(EchoClient client) throws InterruptedException {
    try {
      client.call();
      return 0;
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      return 1;
    }
  }

  @Override
  public String toString() {
    return title;
  }
}

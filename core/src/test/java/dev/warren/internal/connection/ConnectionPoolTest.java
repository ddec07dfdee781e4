package dev.warren.internal.connection;

import static dev.warren.internal.connection.BridgeTestCase.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.ConnectionSource.Lease;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ConnectionPoolTest {
  private static final BotId BOT = BotId.of("bot-1");
  private static final BotId OTHER = BotId.of("bot-2");

  private final ConnectorThreads threads = new ConnectorThreads();
  private final List<FakeChannel> opened = new CopyOnWriteArrayList<>();

  @AfterEach
  void closeThreads() {
    threads.close();
  }

  @Test
  void lease_opensOnce_andIsSharedUntilAllAreBack() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5))) {
      Lease first = pool.lease("test", BOT);
      Lease second = pool.source(BOT).lease("test");

      assertThat(second.connection()).isSameAs(first.connection());
      first.close();
      second.close();
      try (Lease third = pool.lease("test", BOT)) {
        assertThat(third.connection()).isSameAs(first.connection());
      }
      assertThat(opened).hasSize(1);
    }
  }

  @Test
  void bots_haveConnectionsOfTheirOwn() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5));
        Lease one = pool.lease("test", BOT);
        Lease other = pool.lease("test", OTHER)) {
      assertThat(other.connection()).isNotSameAs(one.connection());
    }
  }

  @Test
  void manyThreads_connectOnce() throws Exception {
    CountDownLatch connecting = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (ConnectionPool pool =
        new ConnectionPool(
            bot -> {
              connecting.countDown();
              await(goOn);
              return connection();
            },
            Duration.ofMinutes(5))) {
      List<Future<Lease>> leases =
          IntStream.range(0, 8)
              .mapToObj(i -> callers.submit(() -> pool.lease("test", BOT)))
              .toList();
      connecting.await();
      goOn.countDown();

      for (Future<Lease> lease : leases) {
        try (Lease got = lease.get()) {
          assertThat(got.connection().isUsable()).isTrue();
        }
      }
      assertThat(opened).hasSize(1);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void failedConnect_isNotRemembered() {
    RuntimeException failure =
        SandboxException.of(Code.UNAVAILABLE, "reach", "bot-1").detail("no answer").build();
    boolean[] failing = {true};
    try (ConnectionPool pool =
        new ConnectionPool(
            bot -> {
              if (failing[0]) {
                throw failure;
              }
              return connection();
            },
            Duration.ofMinutes(5))) {
      assertThatThrownBy(() -> pool.lease("test", BOT)).isSameAs(failure);
      failing[0] = false;

      try (Lease lease = pool.lease("test", BOT)) {
        assertThat(lease.connection().isUsable()).isTrue();
      }
    }
  }

  @Test
  void connectionThatBroke_isReplaced_beforeItIsLent() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5))) {
      pool.lease("test", BOT).close();
      opened.get(0).shutdownNow();

      try (Lease lease = pool.lease("test", BOT)) {
        assertThat(lease.connection().isUsable()).isTrue();
      }
      assertThat(opened).hasSize(2);
    }
  }

  @Test
  void invalidate_concernsTheNextLease_andClosesOnceTheLastIsBack() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5))) {
      Lease failed = pool.lease("test", BOT);
      Lease sharing = pool.lease("test", BOT);
      failed.invalidate();
      failed.close();

      try (Lease next = pool.lease("test", BOT)) {
        assertThat(next.connection()).isNotSameAs(sharing.connection());
      }
      assertThat(opened.get(0).isShutdown()).isFalse();
      sharing.close();
      assertThat(opened.get(0).isShutdown()).isTrue();
      assertThat(opened.get(1).isShutdown()).isFalse();
    }
  }

  @Test
  void lease_closedTwice_countsOnce() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5))) {
      Lease first = pool.lease("test", BOT);
      Lease second = pool.lease("test", BOT);
      first.close();
      first.close();
      pool.evict(BOT);

      assertThat(opened.get(0).isShutdown()).isFalse();
      second.close();
      assertThat(opened.get(0).isShutdown()).isTrue();
    }
  }

  @Test
  void evict_closesWhatNobodyUses_atOnce() {
    try (ConnectionPool pool = pool(Duration.ofMinutes(5))) {
      pool.lease("test", BOT).close();
      pool.evict(BOT);

      assertThat(opened.get(0).isShutdown()).isTrue();
    }
  }

  @Test
  void evictIdle_sparesWhatIsLent_andWhatWasUsedJustNow() {
    try (ConnectionPool young = pool(Duration.ofMinutes(5))) {
      young.lease("test", BOT).close();
      young.evictIdle();
      assertThat(opened.get(0).isShutdown()).isFalse();
    }
    // Less than nothing, because two readings of the clock may be the same.
    try (ConnectionPool pool = pool(Duration.ofNanos(-1));
        Lease lent = pool.lease("test", BOT)) {
      pool.lease("test", OTHER).close();
      pool.evictIdle();

      assertThat(lent.connection().isUsable()).isTrue();
      assertThat(opened.get(2).isShutdown()).isTrue();
    }
  }

  @Test
  void close_closesAll_andLendsNothingMore() {
    ConnectionPool pool = pool(Duration.ofMinutes(5));
    Lease lent = pool.lease("test", BOT);
    pool.close();

    assertThat(lent.connection().isUsable()).isFalse();
    assertCode(Code.CLOSED, () -> pool.lease("test", OTHER));
    lent.close();
    assertThat(opened).hasSize(1);
  }

  private ConnectionPool pool(Duration idle) {
    return new ConnectionPool(bot -> connection(), idle);
  }

  private BridgeConnection connection() {
    FakeChannel channel = new FakeChannel();
    opened.add(channel);
    return new BridgeConnection(channel, threads, () -> true, "instance", "test", Set.of());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One that is only opened and closed. */
  private static final class FakeChannel extends ManagedChannel {
    private volatile boolean shutdown;

    @Override
    public ManagedChannel shutdown() {
      shutdown = true;
      return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
      return shutdown();
    }

    @Override
    public boolean isShutdown() {
      return shutdown;
    }

    @Override
    public boolean isTerminated() {
      return shutdown;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return shutdown;
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String authority() {
      return "test";
    }
  }
}

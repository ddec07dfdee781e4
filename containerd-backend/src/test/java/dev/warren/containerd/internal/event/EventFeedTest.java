package dev.warren.containerd.internal.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.MessageLite;
import dev.warren.containerd.internal.api.events.TaskExit;
import dev.warren.containerd.internal.api.events.TaskOOM;
import dev.warren.containerd.internal.api.events.TaskStart;
import dev.warren.containerd.internal.api.types.Envelope;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeEvent.Exited;
import dev.warren.spi.RuntimeEvent.Gap;
import dev.warren.spi.RuntimeEvent.OutOfMemory;
import dev.warren.spi.RuntimeEvent.Started;
import dev.warren.spi.SandboxRuntime.Subscription;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final FakeSource source = new FakeSource();
  private final EventFeed feed =
      new EventFeed(source, scheduler, (id, code) -> new ExitStatus(code, false));
  private final BlockingQueue<RuntimeEvent> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void end() {
    feed.close();
    scheduler.shutdownNow();
  }

  private RuntimeEvent next() throws InterruptedException {
    return java.util.Objects.requireNonNull(seen.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void eventsAreTranslated() throws Exception {
    try (Subscription subscription = feed.watch(seen::add)) {
      source.send("TaskStart", TaskStart.newBuilder().setContainerId("a").build());
      source.send("TaskOOM", TaskOOM.newBuilder().setContainerId("a").build());
      source.send("TaskExit", TaskExit.newBuilder().setContainerId("a").setId("exec").build());
      source.send(
          "TaskExit",
          TaskExit.newBuilder().setContainerId("a").setId("a").setExitStatus(137).build());
      source.send("TaskPaused", TaskOOM.newBuilder().setContainerId("a").build());
      source.send("TaskStart", TaskStart.newBuilder().setContainerId("b").build());
      assertThat(List.of(next(), next(), next(), next()))
          .containsExactly(
              new Started("a"),
              new OutOfMemory("a"),
              new Exited("a", new ExitStatus(137, true)),
              new Started("b"));
      assertThat(subscription).isNotNull();
    }
    assertThat(source.stopped).isEqualTo(1);
  }

  @Test
  void oneStreamServesAllAndIsOpenedAgainWithAGap() throws Exception {
    feed.watch(seen::add);
    feed.watch(event -> {});
    assertThat(source.opened).isEqualTo(1);

    source.fail();
    assertThat(next()).isEqualTo(new Gap());
    source.send("TaskStart", TaskStart.newBuilder().setContainerId("a").build());
    assertThat(next()).isEqualTo(new Started("a"));
    assertThat(source.opened).isEqualTo(2);
  }

  @Test
  void slowListenerGetsAGapAndTheOthersAll() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Queue<RuntimeEvent> slow = new ConcurrentLinkedQueue<>();
    feed.watch(
        event -> {
          slow.add(event);
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    feed.watch(seen::add);
    for (int i = 0; i < 10_000; i++) {
      source.send("TaskStart", TaskStart.newBuilder().setContainerId("c" + i).build());
      if (i % 1000 == 0) {
        while (seen.size() <= i) {
          Thread.onSpinWait();
        }
      }
    }
    release.countDown();
    for (int i = 0; i < 10_000; i++) {
      assertThat(next()).isEqualTo(new Started("c" + i));
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!slow.contains(new Gap()) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    feed.close();
    assertThat(slow).contains(new Gap()).hasSizeLessThan(6000);
  }

  @Test
  void listenerThatFailsOrClosesItselfHarmsNobody() throws Exception {
    Subscription[] own = new Subscription[1];
    CountDownLatch closed = new CountDownLatch(1);
    own[0] =
        feed.watch(
            event -> {
              own[0].close();
              closed.countDown();
              throw new IllegalStateException("bad");
            });
    feed.watch(seen::add);
    source.send("TaskStart", TaskStart.newBuilder().setContainerId("a").build());
    assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(next()).isEqualTo(new Started("a"));
  }

  @Test
  void daemonThatIsAwayIsSaid() {
    source.dead = true;
    assertThatThrownBy(() -> feed.watch(seen::add)).hasMessageContaining("does not deliver");
    source.dead = false;
    feed.watch(seen::add).close();
    feed.close();
    assertThatThrownBy(() -> feed.watch(seen::add)).hasMessageContaining("closed");
  }

  private static final class FakeSource implements EventSource {
    private volatile boolean dead;
    private volatile int opened;
    private volatile int stopped;
    private volatile Consumer<Envelope> listener = envelope -> {};
    private volatile Consumer<Throwable> ended = failure -> {};

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public Runnable open(Consumer<Envelope> to, Runnable live, Consumer<Throwable> end) {
      opened++;
      listener = to;
      ended = end;
      if (dead) {
        end.accept(new IllegalStateException("dead"));
      } else {
        live.run();
      }
      return () -> stopped++;
    }

    void send(String type, MessageLite message) {
      listener.accept(
          Envelope.newBuilder()
              .setEvent(
                  Any.newBuilder()
                      .setTypeUrl("containerd.events." + type)
                      .setValue(message.toByteString()))
              .build());
    }

    void fail() {
      ended.accept(new IllegalStateException("broken"));
    }
  }
}

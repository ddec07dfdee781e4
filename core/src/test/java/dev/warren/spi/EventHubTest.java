package dev.warren.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.spi.SandboxRuntime.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventHubTest {

  @Test
  void everyListener_getsAllEventsInOrder_whateverAnotherThrows() throws Exception {
    try (EventHub hub = new EventHub("test-events")) {
      BlockingQueue<RuntimeEvent> seen = new LinkedBlockingQueue<>();
      try (Subscription failing =
              hub.subscribe(
                  event -> {
                    throw new IllegalStateException("a listener's fault");
                  });
          Subscription good = hub.subscribe(seen::add)) {
        IntStream.range(0, 100).forEach(i -> hub.emit(new RuntimeEvent.Started("c" + i)));

        for (int i = 0; i < 100; i++) {
          assertThat(seen.take()).isEqualTo(new RuntimeEvent.Started("c" + i));
        }
      }
      assertThat(hub.watched()).isFalse();
    }
  }

  @Test
  void listenerThatIsTooSlow_getsAGap_andWhatFollows() throws Exception {
    try (EventHub hub = new EventHub("test-events")) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      BlockingQueue<RuntimeEvent> seen = new LinkedBlockingQueue<>();
      try (Subscription slow =
          hub.subscribe(
              event -> {
                begun.countDown();
                await(goOn);
                seen.add(event);
              })) {
        hub.emit(new RuntimeEvent.Started("first"));
        begun.await();
        IntStream.range(0, 4097).forEach(i -> hub.emit(new RuntimeEvent.Started("c" + i)));
        goOn.countDown();

        List<RuntimeEvent> three = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          three.add(seen.take());
        }
        assertThat(three)
            .containsExactly(
                new RuntimeEvent.Started("first"),
                new RuntimeEvent.Gap(),
                new RuntimeEvent.Started("c4096"));
      }
    }
  }

  @Test
  void subscriptionThatIsClosed_waitsForTheCallThatRuns_andGetsNothingMore() throws Exception {
    try (EventHub hub = new EventHub("test-events")) {
      CountDownLatch begun = new CountDownLatch(1);
      BlockingQueue<RuntimeEvent> seen = new LinkedBlockingQueue<>();
      Subscription subscription =
          hub.subscribe(
              event -> {
                begun.countDown();
                seen.add(event);
              });
      hub.emit(new RuntimeEvent.Started("c1"));
      begun.await();
      subscription.close();
      hub.emit(new RuntimeEvent.Started("c2"));

      assertThat(seen).containsExactly(new RuntimeEvent.Started("c1"));
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

package dev.warren.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeEvent.Deleted;
import dev.warren.spi.RuntimeEvent.Exited;
import dev.warren.spi.RuntimeEvent.Started;
import dev.warren.spi.SandboxRuntime.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class EventsIT {

  @Test
  void whatHappensIsToldFromTheReturnOfWatchOn() {
    try (RuntimeFixture fixture = RuntimeFixture.shared()) {
      for (int round = 0; round < 5; round++) {
        List<RuntimeEvent> seen = new CopyOnWriteArrayList<>();
        try (Subscription one = fixture.runtime().watch(seen::add);
            Subscription two =
                fixture
                    .runtime()
                    .watch(
                        event -> {
                          throw new IllegalStateException("a bad listener");
                        })) {
          assertThat(one).isNotSameAs(two);
          fixture.run(fixture.spec("told", "sh", "-c", "exit 3"));
          fixture.runtime().tasks().awaitExit("told", RuntimeFixture.LONG);
          fixture.runtime().containers().delete("told");
          for (int i = 0; i < 100 && seen.size() < 3; i++) {
            RuntimeFixture.pause(Duration.ofMillis(20));
          }
        }
        assertThat(seen)
            .containsExactly(
                new Started("told"),
                new Exited("told", new ExitStatus(3, false)),
                new Deleted("told"));
      }
    }
  }
}

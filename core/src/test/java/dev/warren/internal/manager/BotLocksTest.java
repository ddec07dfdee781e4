package dev.warren.internal.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.spi.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BotLocksTest {
  private static final BotId BOT = BotId.of("bot-1");

  @TempDir Path temp;

  @Test
  void acquire_excludesAnotherManagerOnTheSameState_untilItLetsGo() {
    BotLocks one = locks(Duration.ofSeconds(20));
    BotLocks other = locks(Duration.ofMillis(30));
    try (BotLocks.Lock held = one.acquire("start", BOT)) {
      assertThatThrownBy(() -> other.acquire("stop", BOT))
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.TIMEOUT))
          .hasMessageStartingWith("stop bot-1: another operation on this sandbox holds its lock");
      other.acquire("start", BotId.of("bot-2")).close();
    }
    other.acquire("stop", BOT).close();
  }

  @Test
  void acquire_whenInterrupted_isCancelled_withTheFlagSet_andReleasesEverything() throws Exception {
    BotLocks locks = locks(Duration.ofSeconds(20));
    boolean[] flag = new boolean[1];
    try (BotLocks.Lock held = locks.acquire("start", BOT)) {
      Thread waiter =
          new Thread(
              () -> {
                assertThatThrownBy(() -> locks.acquire("stop", BOT))
                    .isInstanceOfSatisfying(
                        SandboxException.class,
                        e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
                flag[0] = Thread.currentThread().isInterrupted();
              });
      waiter.start();
      waiter.interrupt();
      waiter.join();
    }
    assertThat(flag[0]).isTrue();
    locks.acquire("stop", BOT).close();
  }

  private BotLocks locks(Duration timeout) {
    return new BotLocks(StateDirectory.at(temp.resolve("state")), timeout);
  }
}

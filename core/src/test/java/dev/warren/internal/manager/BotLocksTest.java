package dev.warren.internal.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
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

  /** Whoever awaits a lock in vain must not take it from the one who has it. */
  @Test
  void acquire_inVain_leavesTheHolderItsLock_alsoAgainstOtherProcesses() throws Exception {
    try (BotLocks.Lock held = locks(Duration.ofSeconds(20)).acquire("start", BOT)) {
      BotLocks other = locks(Duration.ofMillis(30));
      assertThatThrownBy(() -> other.acquire("stop", BOT)).isInstanceOf(SandboxException.class);
      other.acquire("start", BotId.of("bot-2")).close();

      assertThat(inAnotherProcess(BOT)).isEqualTo("TIMEOUT");
      assertThat(inAnotherProcess(BotId.of("bot-3"))).isEqualTo("locked");
    }
    assertThat(inAnotherProcess(BOT)).isEqualTo("locked");
  }

  @Test
  void acquire_ofManyBots_leavesNoFileForEach() throws Exception {
    BotLocks locks = locks(Duration.ofSeconds(20));
    for (int i = 0; i < 50; i++) {
      locks.acquire("start", BotId.of("bot-" + i)).close();
    }
    try (Stream<Path> files = Files.walk(temp.resolve("state"))) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(1);
    }
  }

  private String inAnotherProcess(BotId bot) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                AnotherProcess.class.getName(),
                temp.resolve("state").toString(),
                bot.value())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Says what came of it when it tried to get a lock. */
  static final class AnotherProcess {
    public static void main(String[] args) {
      BotLocks locks = new BotLocks(StateDirectory.at(Path.of(args[0])), Duration.ofMillis(30));
      try (BotLocks.Lock held = locks.acquire("start", BotId.of(args[1]))) {
        System.out.print("locked");
      } catch (SandboxException e) {
        System.out.print(e.code());
      }
    }
  }

  private BotLocks locks(Duration timeout) {
    return new BotLocks(StateDirectory.at(temp.resolve("state")), timeout);
  }
}

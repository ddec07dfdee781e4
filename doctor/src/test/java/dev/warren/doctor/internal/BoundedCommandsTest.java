package dev.warren.doctor.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.testsupport.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BoundedCommandsTest {
  @TempDir Path directory;
  private final Commands commands = new BoundedCommands(Duration.ofSeconds(20));

  private static List<String> shell(String script) {
    return List.of("/bin/sh", "-c", script);
  }

  @Test
  void output_isWhatWasPrinted_inTheDirectoryThatWasGiven() {
    assertThat(commands.run(shell("pwd -P; echo hidden >&2"), directory))
        .hasValueSatisfying(
            text -> assertThat(text.strip()).endsWith("" + directory.getFileName()));
  }

  @Test
  void environment_isNotInherited() {
    assertThat(commands.run(List.of("/usr/bin/env"), directory).orElseThrow())
        .contains("LC_ALL=C")
        .doesNotContain("HOME=");
  }

  @Test
  void flood_isCut_andTheProgramStillEnds() {
    assertThat(commands.run(shell("head -c 1000000 /dev/zero"), directory))
        .hasValueSatisfying(text -> assertThat(text).hasSize(64 << 10));
  }

  @Test
  void failure_hasNoOutput() {
    assertThat(commands.run(shell("echo x; exit 3"), directory)).isEmpty();
    assertThat(commands.run(List.of("/no/such/program"), directory)).isEmpty();
    assertThat(commands.run(shell("echo x"), directory.resolve("absent"))).isEmpty();
  }

  @Test
  void programThatHangs_isEndedWithItsChildren() throws Exception {
    Commands impatient = new BoundedCommands(Duration.ofMillis(300));
    long before = System.nanoTime();
    assertThat(impatient.run(shell("sleep 86399 & wait"), directory)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    // A signal has been sent by now; that the kernel has carried it out may be seen a moment later.
    Await.until(
        () ->
            ProcessHandle.current()
                .descendants()
                .noneMatch(
                    child ->
                        child
                            .info()
                            .arguments()
                            .map(List::of)
                            .orElse(List.of())
                            .contains("86399")));
  }

  @Test
  void childThatOutlivesTheProgram_doesNotHoldUp() {
    long before = System.nanoTime();
    assertThat(commands.run(shell("echo x; sleep 12 &"), directory)).contains("x\n");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
  }
}

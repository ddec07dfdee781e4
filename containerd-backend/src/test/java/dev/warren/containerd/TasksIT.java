package dev.warren.containerd;

import static dev.warren.containerd.ContainersIT.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.ResourceLimits;
import dev.warren.SandboxException.Code;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.Metrics.TaskMetrics;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.TaskInfo.Status;
import dev.warren.spi.Tasks.StopOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class TasksIT {
  private static RuntimeFixture fixture;

  @BeforeAll
  static void open() {
    fixture = RuntimeFixture.shared();
  }

  @AfterAll
  static void close() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @Test
  void exitStatusStaysReadableAlsoForTheNextProcess() {
    fixture.run(fixture.spec("exits", "sh", "-c", "echo out; echo err >&2; exit 7"));

    assertThat(fixture.runtime().tasks().awaitExit("exits", RuntimeFixture.LONG))
        .isEqualTo(new ExitStatus(7, false));
    assertThat(fixture.logs("exits")).contains("out\n").contains("err\n");
    fixture.reopen();
    TaskInfo ended = fixture.runtime().tasks().get("exits").orElseThrow();
    assertThat(ended.status()).isEqualTo(Status.STOPPED);
    assertThat(ended.exit()).contains(new ExitStatus(7, false));
    assertThat(ended.pid()).isZero();
    assertThat(fixture.runtime().tasks().awaitExit("exits", Duration.ZERO).code()).isEqualTo(7);
  }

  @Test
  void restartKeepsTheLayerAndBeginsANewLog() {
    fixture.run(fixture.spec("again", "sh", "-c", "echo x >> /data/f; cat /data/f"));
    fixture.runtime().tasks().awaitExit("again", RuntimeFixture.LONG);
    assertThat(fixture.logs("again")).isEqualTo("x\n");

    fixture.runtime().tasks().start("again");
    fixture.runtime().tasks().awaitExit("again", RuntimeFixture.LONG);
    assertThat(fixture.logs("again")).isEqualTo("x\nx\n");
  }

  @Test
  void startOfARunningTaskIsAConflictThatHarmsNothing() {
    TaskInfo first = fixture.run(fixture.spec("busy", "sh", "-c", "echo hi; sleep 1000"));

    assertCode(Code.CONFLICT, () -> fixture.runtime().tasks().start("busy"));

    assertThat(fixture.runtime().tasks().get("busy")).contains(first);
    assertThat(fixture.logs("busy")).isEqualTo("hi\n");
    fixture.stop("busy");
  }

  @Test
  void whatCannotStartSaysWhyAndLeavesNoTask() {
    fixture.runtime().containers().create(fixture.spec("missing", "no-such-program").build());
    fixture.runtime().containers().create(fixture.spec("absolute", "/no/such").build());
    fixture.runtime().containers().create(fixture.spec("plain", "/etc/notexec").build());

    assertCode(Code.NOT_FOUND, () -> fixture.runtime().tasks().start("missing"));
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().tasks().start("absolute"));
    assertCode(Code.PERMISSION_DENIED, () -> fixture.runtime().tasks().start("plain"));
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().tasks().start("unknown"));

    assertThat(fixture.runtime().tasks().get("missing")).isEmpty();
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().tasks().logs("missing"));
    assertCode(
        Code.NOT_FOUND,
        () -> fixture.runtime().tasks().awaitExit("missing", Duration.ofSeconds(1)));
  }

  @Test
  void stopIsGentleFirstAndThenNot() {
    fixture.run(
        fixture.spec("gentle", "sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.1; done"));
    RuntimeFixture.pause(Duration.ofMillis(300));
    fixture.runtime().tasks().stop("gentle", StopOptions.grace(Duration.ofSeconds(20)));
    assertThat(fixture.runtime().tasks().get("gentle").orElseThrow().exit())
        .contains(new ExitStatus(3, false));

    fixture.run(fixture.spec("stubborn", "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"));
    RuntimeFixture.pause(Duration.ofMillis(300));
    long begin = System.nanoTime();
    fixture.runtime().tasks().stop("stubborn", StopOptions.grace(Duration.ofMillis(400)));
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
    assertThat(fixture.runtime().tasks().get("stubborn").orElseThrow().exit())
        .contains(new ExitStatus(137, false));

    fixture.runtime().tasks().stop("stubborn", StopOptions.kill());
    fixture.runtime().tasks().stop("never-was", StopOptions.kill());
  }

  @Test
  void awaitExitKeepsItsTimeAndAnInterruptEndsIt() throws InterruptedException {
    fixture.run(fixture.sleeper("waits"));
    assertCode(
        Code.TIMEOUT, () -> fixture.runtime().tasks().awaitExit("waits", Duration.ofMillis(100)));

    Thread caller = Thread.currentThread();
    Thread interrupter =
        new Thread(
            () -> {
              RuntimeFixture.pause(Duration.ofMillis(200));
              caller.interrupt();
            });
    interrupter.start();
    assertCode(
        Code.CANCELLED, () -> fixture.runtime().tasks().awaitExit("waits", RuntimeFixture.LONG));
    assertThat(Thread.interrupted()).isTrue();
    interrupter.join();
    fixture.stop("waits");
  }

  @Test
  void limitsHold() {
    assertThat(
            fixture.output(
                fixture
                    .spec(
                        "limits",
                        "sh",
                        "-c",
                        "ulimit -n; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do"
                            + " sleep 2 & done 2>&1 | grep -c fork; true")
                    .limits(ResourceLimits.defaults().withPids(16).withOpenFiles(128))))
        .startsWith("128\n");
  }

  @Test
  void outOfMemoryIsTold() {
    fixture.run(
        fixture
            .spec("oom", "sh", "-c", "exec dd if=/dev/zero of=/dev/null bs=64M count=1")
            .limits(ResourceLimits.defaults().withMemoryBytes(16 << 20)));

    ExitStatus status = fixture.runtime().tasks().awaitExit("oom", RuntimeFixture.LONG);
    assertThat(status).isEqualTo(new ExitStatus(137, true));
    assertThat(fixture.runtime().tasks().get("oom").orElseThrow().exit()).contains(status);
  }

  @Test
  void metricsAndPause() {
    fixture.run(
        fixture
            .spec("spins", "sh", "-c", "while :; do :; done")
            .limits(ResourceLimits.defaults().withCpus(0.5)));
    // The runtime's own threads are counted until the command has taken their place.
    long deadline = System.nanoTime() + RuntimeFixture.LONG.toNanos();
    TaskMetrics metrics = fixture.runtime().metrics().orElseThrow().get("spins");
    while (metrics.pids() != 1 && System.nanoTime() < deadline) {
      metrics = fixture.runtime().metrics().orElseThrow().get("spins");
    }
    assertThat(metrics.memoryLimitBytes()).isEqualTo(1 << 30);
    assertThat(metrics.pids()).isEqualTo(1);
    assertThat(metrics.memoryBytes()).isBetween(1L, 64L << 20);

    fixture.runtime().pause().orElseThrow().pause("spins");
    fixture.runtime().pause().orElseThrow().pause("spins");
    assertThat(fixture.runtime().tasks().get("spins").orElseThrow().status())
        .isEqualTo(Status.PAUSED);
    long frozen = fixture.runtime().metrics().orElseThrow().get("spins").cpuNanos();
    RuntimeFixture.pause(Duration.ofMillis(200));
    assertThat(fixture.runtime().metrics().orElseThrow().get("spins").cpuNanos())
        .isLessThan(frozen + 20_000_000);
    fixture.runtime().pause().orElseThrow().resume("spins");
    fixture.runtime().pause().orElseThrow().resume("spins");
    RuntimeFixture.pause(Duration.ofMillis(200));
    assertThat(fixture.runtime().metrics().orElseThrow().get("spins").cpuNanos())
        .isGreaterThan(frozen);

    fixture.runtime().pause().orElseThrow().pause("spins");
    fixture.runtime().tasks().stop("spins", StopOptions.grace(Duration.ofSeconds(5)));
    assertCode(Code.CONFLICT, () -> fixture.runtime().metrics().orElseThrow().get("spins"));
    assertCode(Code.CONFLICT, () -> fixture.runtime().pause().orElseThrow().pause("spins"));
    assertCode(Code.NOT_FOUND, () -> fixture.runtime().metrics().orElseThrow().get("nobody"));
  }

  @Test
  void floodOfOutputIsBounded() throws Exception {
    fixture.run(fixture.spec("flood", "sh", "-c", "yes | head -c 60000000; echo last; sleep 1000"));
    RuntimeFixture.pause(Duration.ofSeconds(6));

    assertThat(fixture.logs("flood")).endsWith("last\n");
    long size;
    try (var files = Files.walk(fixture.directory().resolve("state"))) {
      size =
          files
              .filter(file -> file.getFileName().toString().startsWith("task."))
              .mapToLong(TasksIT::size)
              .sum();
    }
    assertThat(size).isLessThan(13 << 20);
    fixture.stop("flood");
  }

  private static long size(Path file) {
    return file.toFile().length();
  }
}

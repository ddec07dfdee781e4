package dev.warren.containerd;

import static dev.warren.containerd.ContainersIT.assertCode;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Network;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime.Subscription;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("engine")
class DaemonFaultIT {
  private final String image = TestEngine.require().image();

  @Test
  void sandboxesOutliveTheDaemonAndCallsSucceedAgain() throws Exception {
    try (ContainerdDaemon daemon = ContainerdDaemon.start();
        RuntimeFixture fixture = new RuntimeFixture(daemon.socket(), image)) {
      long pid =
          fixture
              .run(
                  fixture
                      .spec("lives", "sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.1; done")
                      .network(Network.isolated()))
              .pid();
      Optional<InetAddress> address = fixture.runtime().networks().setUp("lives");
      List<RuntimeEvent> seen = new CopyOnWriteArrayList<>();
      try (Subscription subscription = fixture.runtime().watch(seen::add)) {
        CompletableFuture<Code> waiting =
            CompletableFuture.supplyAsync(
                () -> {
                  try {
                    fixture.runtime().tasks().awaitExit("lives", Duration.ofMinutes(1));
                    return Code.INTERNAL;
                  } catch (SandboxException e) {
                    return e.code();
                  }
                });
        RuntimeFixture.pause(Duration.ofMillis(300));
        daemon.kill();
        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(Code.UNAVAILABLE);
        assertCode(Code.UNAVAILABLE, () -> fixture.runtime().containers().list());
        assertCode(Code.UNAVAILABLE, () -> fixture.runtime().ping());
        assertCode(
            Code.UNAVAILABLE,
            () -> fixture.runtime().containers().create(fixture.sleeper("x").build()));

        daemon.run();
        assertThat(fixture.runtime().tasks().get("lives").orElseThrow().pid()).isEqualTo(pid);
        assertThat(fixture.runtime().networks().setUp("lives")).isEqualTo(address);
        for (int i = 0; i < 100 && seen.isEmpty(); i++) {
          RuntimeFixture.pause(Duration.ofMillis(50));
        }
        assertThat(seen).contains(new RuntimeEvent.Gap());
        fixture
            .runtime()
            .tasks()
            .stop("lives", dev.warren.spi.Tasks.StopOptions.grace(Duration.ofSeconds(20)));
        for (int i = 0; i < 100 && seen.size() < 2; i++) {
          RuntimeFixture.pause(Duration.ofMillis(50));
        }
        assertThat(seen).contains(new RuntimeEvent.Exited("lives", new ExitStatus(5, false)));
        assertThat(subscription).isNotNull();
      }
    }
  }

  @Test
  void collectorNeverTakesWhatIsBeingMade() throws Exception {
    try (ContainerdDaemon daemon = ContainerdDaemon.start();
        RuntimeFixture fixture = new RuntimeFixture(daemon.socket(), image)) {
      AtomicBoolean done = new AtomicBoolean();
      CompletableFuture<Void> collecting =
          CompletableFuture.runAsync(
              () -> {
                while (!done.get()) {
                  fixture.ctr("content", "prune", "references");
                }
              });
      for (int i = 0; i < 30; i++) {
        String id = "gc-" + i;
        fixture.runtime().containers().create(fixture.spec(id, "cat", "/etc/passwd").build());
        RuntimeFixture.pause(Duration.ofMillis(20));
        fixture.runtime().tasks().start(id);
        assertThat(fixture.runtime().tasks().awaitExit(id, RuntimeFixture.LONG).code()).isZero();
        if (i % 3 == 0) {
          fixture.runtime().snapshots().orElseThrow().commit(id, "kept-" + i);
        }
        if (i % 2 == 1) {
          fixture.runtime().containers().delete(id);
        }
      }
      done.set(true);
      collecting.get(30, TimeUnit.SECONDS);
      assertThat(fixture.runtime().snapshots().orElseThrow().list()).hasSize(10);
    }
  }

  @Test
  void daemonKilledInTheMiddleOfStartsLeavesNothingThatCannotBeRepaired() throws Exception {
    try (ContainerdDaemon daemon = ContainerdDaemon.start();
        RuntimeFixture fixture = new RuntimeFixture(daemon.socket(), image)) {
      for (int i = 0; i < 4; i++) {
        String id = "cut-" + i;
        CompletableFuture<Void> starting =
            CompletableFuture.runAsync(
                () -> fixture.run(fixture.sleeper(id).network(Network.isolated())));
        RuntimeFixture.pause(Duration.ofMillis(20 + 30L * i));
        daemon.kill();
        try {
          starting.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  SandboxException.class,
                  failure ->
                      assertThat(failure.code())
                          .as(failure.getMessage() + " / " + failure.getCause())
                          .isEqualTo(Code.UNAVAILABLE));
        }
        daemon.run();
        fixture.runtime().containers().delete(id);
        runWithRemedy(daemon, fixture, id);
        fixture.runtime().containers().delete(id);
      }
      fixture.reopen();
      assertThat(fixture.runtime().tasks().list()).isEmpty();
      assertThat(fixture.runtime().containers().list()).isEmpty();
      assertThat(addressesOf(fixture)).isZero();
    }
  }

  /** What a kill leaves between a snapshot's directory and the daemon's note of it. */
  @Test
  void directoriesOfUnfinishedSnapshotsAreNotInTheWay() throws Exception {
    try (ContainerdDaemon daemon = ContainerdDaemon.start();
        RuntimeFixture fixture = new RuntimeFixture(daemon.socket(), image)) {
      for (int number = 1; number < 20; number++) {
        daemon.leaveSnapshotDirectory(number);
      }
      fixture.run(fixture.sleeper("first").user(Optional.of("nobody")));
      fixture.stop("first");
      fixture.runtime().snapshots().orElseThrow().commit("first", "kept");
      fixture.run(fixture.sleeper("second"));
    }
  }

  /**
   * Killed in the few instructions between a task's directory and its shim, this daemon keeps the
   * directory until its second start; the error says so, and that has to be true.
   */
  private static void runWithRemedy(ContainerdDaemon daemon, RuntimeFixture fixture, String id)
      throws Exception {
    try {
      fixture.run(fixture.sleeper(id).network(Network.isolated()));
    } catch (SandboxException e) {
      assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
      assertThat(e).hasMessageContaining("restart the daemon, which then removes it");
      fixture.runtime().containers().delete(id);
      daemon.kill();
      daemon.run();
      fixture.run(fixture.sleeper(id).network(Network.isolated()));
    }
  }

  private static long addressesOf(RuntimeFixture fixture) throws IOException {
    Path directory = fixture.cni().addressDirectory().resolve(fixture.cni().bridge());
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().matches("[0-9.]+")).count();
    }
  }

  @Test
  void fullDiskIsSaidAndOvercome() throws Exception {
    Path directory = Files.createTempDirectory("ctd-containers-d");
    Path root = Files.createTempDirectory("ctd-containers-r");
    RuntimeFixture.shell("mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", root.toString());
    try (ContainerdDaemon daemon = ContainerdDaemon.start(directory, root)) {
      try (RuntimeFixture fixture = new RuntimeFixture(daemon.socket(), image)) {
        fixture.run(fixture.spec("small", "true"));
        Path filler = root.resolve("filler");
        RuntimeFixture.shell("dd", "if=/dev/zero", "of=" + filler, "bs=64k");
        fixture.runtime().tasks().awaitExit("small", RuntimeFixture.LONG);
        assertCode(
            Code.RESOURCE_EXHAUSTED,
            () -> fixture.runtime().containers().create(fixture.sleeper("no-space").build()));
        Files.delete(filler);
        assertThat(fixture.runtime().containers().get("no-space")).isEmpty();
        fixture.run(fixture.spec("space", "true"));
      }
    } finally {
      RuntimeFixture.shell("umount", "-l", root.toString());
      Files.delete(root);
    }
  }
}

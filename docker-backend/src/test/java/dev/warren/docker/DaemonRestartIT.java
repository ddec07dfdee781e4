package dev.warren.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ReconcileReport.Outcome;
import dev.warren.Sandbox;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.StateDirectory;
import dev.warren.spi.SandboxRuntime;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine's daemon dies under sandboxes that run, and comes back. */
@Tag("engine")
@Timeout(180)
class DaemonRestartIT {
  private static final BotId BOT = BotId.of("restart-bot");
  private static final String FOREIGN = "somebody-elses";

  private final String image = EngineUnderTest.local().image();
  @TempDir Path temp;

  @Test
  void withLiveRestore_sandboxesGoOn_andAreAdoptedAtTheirAddresses() throws Exception {
    try (DockerDaemon daemon = DockerDaemon.start("--live-restore")) {
      runForeign(daemon);
      String foreign = state(daemon);
      SandboxAddress address;
      try (BotContainerManager manager = manager(daemon)) {
        Sandbox sandbox = manager.start(BOT);
        sandbox.files().writeString("notes.txt", "hello");
        sandbox.files().writeString("/tmp/of-this-boot", "1");
        address = sandbox.address();
        daemon.kill();
        // What runs needs no engine, what is to be changed does.
        assertThat(sandbox.exec("cat", "notes.txt").stdout()).isEqualTo("hello");
        assertUnavailable(() -> manager.start(BotId.of("another-bot")));
        daemon.run();
        assertThat(sandbox.exec("cat", "notes.txt").stdout()).isEqualTo("hello");
        assertThat(manager.find(BotId.of("another-bot"))).isEmpty();
      }
      try (BotContainerManager host = manager(daemon)) {
        assertThat(host.reconcile().sandboxes()).containsOnlyKeys(BOT);
        assertThat(host.reconcile().sandboxes()).containsEntry(BOT, Outcome.ADOPTED);
        Sandbox sandbox = host.find(BOT).orElseThrow();
        assertThat(sandbox.address()).isEqualTo(address);
        assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
        assertThat(host.start(BOT).files().exists("/tmp/of-this-boot")).isTrue();
        assertThat(state(daemon)).isEqualTo(foreign).startsWith("true");
        host.delete(BOT);
      }
    }
  }

  @Test
  void withoutLiveRestore_theEngineEndsThem_andTheNextStartGoesOnWithTheirData() throws Exception {
    try (DockerDaemon daemon = DockerDaemon.start()) {
      runForeign(daemon);
      try (BotContainerManager manager = manager(daemon)) {
        manager.start(BOT).files().writeString("notes.txt", "hello");
        daemon.kill();
        daemon.run();
        String foreign = state(daemon);
        assertThat(manager.reconcile().sandboxes()).containsEntry(BOT, Outcome.STOPPED);
        assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
        assertThat(state(daemon)).isEqualTo(foreign).startsWith("false");
        manager.delete(BOT);
        assertThat(daemon.docker("ps", "--all", "--format", "{{.Names}}")).isEqualTo(FOREIGN);
      }
    }
  }

  @Test
  void killedInTheMiddleOfStarts_itLeavesNothingThatTheNextStartDoesNotRepair() throws Exception {
    try (DockerDaemon daemon = DockerDaemon.start();
        BotContainerManager manager = manager(daemon)) {
      manager.init();
      for (int i = 0; i < 5; i++) {
        BotId bot = BotId.of("cut-" + i);
        CompletableFuture<Sandbox> starting =
            CompletableFuture.supplyAsync(() -> manager.start(bot));
        // Another moment in each round; none of them is special.
        TimeUnit.MILLISECONDS.sleep(10 + 45L * i);
        daemon.kill();
        try {
          starting.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  SandboxException.class,
                  failure ->
                      assertThat(failure.code()).as("%s", failure).isEqualTo(Code.UNAVAILABLE));
        }
        daemon.run();
        assertThat(manager.reconcile().sandboxes().values()).doesNotContain(Outcome.FAILED);
        assertThat(manager.start(bot).exec("echo", "up").stdout()).isEqualTo("up\n");
        manager.delete(bot);
      }
      assertThat(manager.list()).isEmpty();
      assertThat(daemon.docker("ps", "--all", "--quiet")).isEmpty();
    }
  }

  private static void assertUnavailable(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
  }

  private BotContainerManager manager(DockerDaemon daemon) {
    SandboxRuntime runtime =
        daemon.builder("restart-test").stateDirectory(StateDirectory.at(temp)).build();
    return BotContainerManager.builder(runtime).image(image).tcp().build();
  }

  private void runForeign(DockerDaemon daemon) {
    daemon.docker("pull", "--quiet", image);
    String script = "trap exit TERM; while :; do sleep 0.1; done";
    daemon.docker(
        "run", "--detach", "--name", FOREIGN, "--network", "none", image, "sh", "-c", script);
  }

  /** Whether the foreign container runs, since when, and as which process. */
  private static String state(DockerDaemon daemon) {
    return daemon.docker(
        "inspect", "--format", "{{.State.Running}} {{.State.StartedAt}} {{.State.Pid}}", FOREIGN);
  }
}

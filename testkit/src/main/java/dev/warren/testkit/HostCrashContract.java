package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ReconcileReport.Outcome;
import dev.warren.Sandbox;
import dev.warren.SandboxFiles;
import dev.warren.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What must hold when the host application is killed in the middle of an operation: every test does
 * the operation in another JVM that dies at the first call to the engine, then at the next, and so
 * on, until it survives; after each death a new host has to find things in order.
 */
@Timeout(300)
public abstract class HostCrashContract {
  private static final BotId BOT = BotId.of("crash-" + ProcessHandle.current().pid());
  private static final String NOTES = "notes.txt";
  private static final int MOST_MOMENTS = 60;

  @TempDir Path temp;

  /** The runtime under test. */
  protected abstract Class<? extends RuntimeFactory> factory();

  /** The image for it, where it has images. */
  protected abstract Optional<String> image();

  @Test
  void start_killedAtAnyCall_canBeRepeated_andLeavesNothingBehind() throws Exception {
    eachMoment(
        "start",
        manager -> {},
        manager -> {
          assertThat(manager.reconcile().sandboxes().values()).doesNotContain(Outcome.FAILED);
          Sandbox sandbox = manager.start(BOT);
          sandbox.files().writeString(NOTES, "after the crash");
          assertThat(sandbox.exec("cat", NOTES).stdout()).isEqualTo("after the crash");
        });
  }

  @Test
  void stop_killedAtAnyCall_keepsTheData() throws Exception {
    eachMoment(
        "stop",
        this::startWithNotes,
        manager -> {
          manager.reconcile();
          assertThat(manager.start(BOT).files().readString(NOTES)).isEqualTo("precious");
        });
  }

  @Test
  void delete_killedAtAnyCall_canBeRepeated_andNothingOfTheDataTurnsUpAgain() throws Exception {
    eachMoment(
        "delete",
        this::startWithNotes,
        manager -> {
          manager.reconcile();
          manager.delete(BOT);
          assertThat(manager.start(BOT).files().exists(NOTES)).isFalse();
        });
  }

  @Test
  void deletePreserving_killedAtAnyCall_losesNothing() throws Exception {
    eachMoment(
        "deletePreserving",
        this::startWithNotes,
        manager -> {
          manager.reconcile();
          boolean inSandbox =
              manager.find(BOT).isPresent() && manager.start(BOT).files().exists(NOTES);
          List<Backup> backups = manager.backups(BOT);
          if (!inSandbox) {
            assertThat(backups).isNotEmpty();
            SandboxFiles files = manager.start(BOT).files();
            manager.restore(backups.get(0));
            assertThat(files.readString(NOTES)).isEqualTo("precious");
          }
          backups.forEach(manager::delete);
        });
  }

  private void startWithNotes(BotContainerManager manager) {
    manager.start(BOT).files().writeString(NOTES, "precious");
  }

  private void eachMoment(String operation, Step prepare, Step verify) throws Exception {
    boolean died = true;
    for (int moment = 0; died; moment++) {
      assertThat(moment).as("moments of " + operation).isLessThan(MOST_MOMENTS);
      withManager(prepare);
      died = dies(operation, moment);
      withManager(verify);
      withManager(manager -> manager.delete(BOT));
      String after = "after moment " + moment;
      withManager(manager -> assertThat(manager.list()).as(after).isEmpty());
    }
  }

  private void withManager(Step step) throws Exception {
    RuntimeFactory factory = factory().getDeclaredConstructor().newInstance();
    BotContainerManager.Builder builder = BotContainerManager.builder(factory.open(state()));
    image().ifPresent(builder::image);
    try (BotContainerManager manager = builder.build()) {
      step.with(manager);
    }
  }

  private boolean dies(String operation, int moment) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            CrashingHost.class.getName(),
            factory().getName(),
            state().path().toString(),
            image().orElse("-"),
            operation,
            BOT.value(),
            Integer.toString(moment));
    Process host = new ProcessBuilder(command).inheritIO().start();
    assertThat(host.waitFor(60, TimeUnit.SECONDS)).as("the host ends").isTrue();
    assertThat(host.exitValue()).as("exit code of the host").isIn(0, CrashingHost.DIED);
    return host.exitValue() == CrashingHost.DIED;
  }

  private StateDirectory state() {
    return StateDirectory.at(temp.resolve("state"));
  }

  private interface Step {
    void with(BotContainerManager manager) throws Exception;
  }
}

package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ReconcileReport;
import dev.warren.ReconcileReport.Outcome;
import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ManagerRecoveryTest extends ManagerScenario {

  @Test
  void reconcile_runningAndStopped_adoptsAndLeaves() {
    BotId stopped = BotId.of("stopped");
    manager.start(BOT);
    manager.start(stopped);
    manager.stop(stopped);
    manager.close();
    ReconcileReport report = open(builder()).reconcile();
    assertThat(report.sandboxes())
        .containsEntry(BOT, Outcome.ADOPTED)
        .containsEntry(stopped, Outcome.STOPPED)
        .hasSize(2);
  }

  @Test
  void reconcile_ghost_isStoppedAndKeepsItsData() {
    manager.start(BOT).files().writeString("notes.txt", "precious");
    manager.close();
    runtime.bridges().silent(true);
    BotContainerManager next = open(builder().startTimeout(Duration.ofMillis(300)));
    assertThat(next.reconcile().sandboxes()).containsEntry(BOT, Outcome.REPAIRED);
    assertThat(running()).isFalse();
    runtime.bridges().silent(false);
    assertThat(next.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
  }

  @Test
  void reconcile_engineFailsForOne_reportsItAndGoesOn() {
    BotId other = BotId.of("other");
    manager.start(BOT);
    manager.start(other);
    manager.close();
    BotContainerManager next = open(builder());
    runtime.faults().failOnce("tasks.get", Code.INTERNAL);
    assertThat(next.reconcile().sandboxes().values())
        .containsExactlyInAnyOrder(Outcome.FAILED, Outcome.ADOPTED);
  }

  @Test
  void reconcile_orphanedLayer_isReportedAndKept() {
    manager.start(BOT).files().writeString("notes.txt", "precious");
    manager.stop(BOT);
    runtime.lose(ID);
    assertThat(manager.reconcile().orphans()).containsExactly(ID);
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
  }

  @Test
  void deletePreserving_thenRestore_bringsTheDataBack() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("dir/notes.txt", "hello");
    Backup backup = manager.deletePreserving(BOT);
    assertThat(manager.find(BOT)).isEmpty();
    assertThat(manager.backups(BOT)).containsExactly(backup);
    manager.start(BOT);
    sandbox.files().writeString("newer.txt", "goes");
    manager.restore(backup);
    assertThat(sandbox.files().readString("dir/notes.txt")).isEqualTo("hello");
    assertThat(sandbox.files().exists("newer.txt")).isFalse();
    manager.delete(backup);
    assertThat(manager.backups(BOT)).isEmpty();
  }

  @Test
  void deletePreserving_exportFails_deletesNothing() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "precious");
    runtime.bridges().breakExports(true);
    fails(Code.DATA_LOSS, () -> manager.deletePreserving(BOT));
    runtime.bridges().behave();
    assertThat(sandbox.files().readString("notes.txt")).isEqualTo("precious");
    assertThat(manager.backups(BOT)).isEmpty();
  }

  @Test
  void deletePreserving_exportOfStoppedFails_isStoppedAgain() {
    manager.start(BOT).files().writeString("notes.txt", "precious");
    manager.stop(BOT);
    runtime.bridges().breakExports(true);
    fails(Code.DATA_LOSS, () -> manager.deletePreserving(BOT));
    runtime.bridges().behave();
    assertThat(running()).isFalse();
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("precious");
  }

  @Test
  void deletePreserving_absent_isNotFound() {
    fails(Code.NOT_FOUND, () -> manager.deletePreserving(BOT));
    assertNothingThere();
  }

  @Test
  void restore_notRunning_isUnavailable() {
    manager.start(BOT);
    Backup backup = manager.deletePreserving(BOT);
    manager.start(BOT);
    manager.stop(BOT);
    fails(Code.UNAVAILABLE, () -> manager.restore(backup));
  }

  @Test
  void delete_engineFailsInTheMiddle_canBeRepeated() {
    manager.start(BOT);
    runtime.faults().failOnce("containers.delete", Code.UNAVAILABLE);
    fails(Code.UNAVAILABLE, () -> manager.delete(BOT));
    manager.delete(BOT);
    assertNothingThere();
  }
}

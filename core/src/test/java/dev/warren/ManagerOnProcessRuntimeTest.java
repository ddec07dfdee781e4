package dev.warren;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.process.ProcessRuntime;
import dev.warren.spi.StateDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way through the real bridge, on the embedded runtime. */
@Timeout(120)
class ManagerOnProcessRuntimeTest {
  private static final BotId BOT = BotId.of("bot-42");

  @TempDir Path temp;
  private BotContainerManager manager;

  @BeforeEach
  void open() {
    manager = BotContainerManager.builder(runtime()).build();
  }

  @AfterEach
  void deleteAll() {
    manager.close();
    try (BotContainerManager cleaner = BotContainerManager.builder(runtime()).build()) {
      cleaner.list().forEach(sandbox -> cleaner.delete(sandbox.bot()));
    }
  }

  @Test
  void aBot_getsASandbox_writesReadsAndRuns() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    ExecResult result = sandbox.exec("sh", "-c", "cat notes.txt");
    assertThat(result.stdout()).isEqualTo("hello");
    assertThat(sandbox.files().readString("/data/notes.txt")).isEqualTo("hello");
    assertThat(sandbox.files().list(".")).extracting(FileInfo::path).containsExactly("notes.txt");
  }

  @Test
  void data_survivesStopAndStart_andIsGoneAfterDelete() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    sandbox.stop();
    assertThat(sandbox.info().state()).isEqualTo(SandboxInfo.State.STOPPED);
    manager.start(BOT);
    assertThat(sandbox.files().readString("notes.txt")).isEqualTo("hello");
    manager.delete(BOT);
    assertThat(manager.find(BOT)).isEmpty();
    assertThat(manager.start(BOT).files().exists("notes.txt")).isFalse();
  }

  @Test
  void aStoppedSandbox_saysSo() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.stop();
    assertThatThrownBy(() -> sandbox.exec("true"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
        .hasMessageContaining("does not run")
        .hasMessageContaining("start it");
  }

  @Test
  void stopAndDelete_ofWhatIsNotThere_doNothing() {
    manager.stop(BOT);
    manager.delete(BOT);
    assertThat(manager.list()).isEmpty();
  }

  @Test
  void hundredConcurrentStarts_giveOneSandbox() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(100);
    try {
      List<Future<String>> pids = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        pids.add(threads.submit(() -> manager.start(BOT).exec("sh", "-c", "echo $PPID").stdout()));
      }
      Set<String> bridges = new HashSet<>();
      for (Future<String> pid : pids) {
        bridges.add(pid.get());
      }
      assertThat(bridges).hasSize(1);
    } finally {
      threads.shutdownNow();
    }
    assertThat(manager.list()).hasSize(1);
  }

  @Test
  void aNewHost_adoptsWhatRuns_withItsData() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    manager.close();
    manager = BotContainerManager.builder(runtime()).build();
    assertThat(manager.reconcile().sandboxes()).containsEntry(BOT, ReconcileReport.Outcome.ADOPTED);
    assertThat(manager.find(BOT).orElseThrow().files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void aKilledBridge_isStartedAgain_withItsData() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    SandboxAddress.UnixSocket address = (SandboxAddress.UnixSocket) sandbox.address();
    ProcessHandle.of(address.taskPid()).orElseThrow().destroyForcibly();
    ProcessHandle.of(address.taskPid()).ifPresent(handle -> handle.onExit().join());
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void managersOfDifferentNames_doNotTouchEachOthersSandboxes() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    try (BotContainerManager other = BotContainerManager.builder(runtime()).name("other").build()) {
      assertThat(other.list()).isEmpty();
      assertThat(other.reconcile().sandboxes()).isEmpty();
      assertThatThrownBy(() -> other.start(BOT))
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFLICT));
      assertThatThrownBy(() -> other.delete(BOT)).isInstanceOf(SandboxException.class);
    }
    assertThat(manager.find(BOT).orElseThrow().files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void deletePreserving_keepsACopy_thatCanBeRestored() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("deep/notes.txt", "hello");
    sandbox.exec("ln", "-s", "deep/notes.txt", "link").orThrow();
    sandbox.stop();
    Backup backup = manager.deletePreserving(BOT);
    assertThat(manager.find(BOT)).isEmpty();
    assertThat(manager.backups(BOT)).containsExactly(backup);
    Sandbox fresh = manager.start(BOT);
    fresh.files().writeString("other.txt", "new");
    manager.restore(backup);
    assertThat(fresh.files().readString("link")).isEqualTo("hello");
    assertThat(fresh.files().statLink("link").type()).isEqualTo(FileInfo.Type.SYMLINK);
    assertThat(fresh.files().exists("other.txt")).isFalse();
    manager.delete(backup);
    assertThat(manager.backups(BOT)).isEmpty();
  }

  @Test
  void overTcp_itWorksTheSame() {
    try (BotContainerManager tcp = BotContainerManager.builder(runtime()).tcp().build()) {
      Sandbox sandbox = tcp.start(BotId.of("tcp"));
      sandbox.files().writeBytes("a", "ä".getBytes(StandardCharsets.UTF_8));
      assertThat(sandbox.exec("cat", "a").stdout()).isEqualTo("ä");
      assertThat(sandbox.address()).isInstanceOf(SandboxAddress.Tcp.class);
      tcp.delete(sandbox.bot());
    }
  }

  @Test
  void afterClose_everyCallSaysSo() {
    Sandbox sandbox = manager.start(BOT);
    manager.close();
    manager.close();
    assertThatThrownBy(() -> manager.start(BOT))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
    assertThatThrownBy(() -> sandbox.exec("true"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));
  }

  private ProcessRuntime runtime() {
    return ProcessRuntime.open(StateDirectory.at(temp.resolve("state")));
  }
}

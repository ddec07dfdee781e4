package dev.warren.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.Backup;
import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.FileInfo;
import dev.warren.ProcessExit.Cause;
import dev.warren.ProcessListener;
import dev.warren.ReconcileReport;
import dev.warren.Sandbox;
import dev.warren.SandboxAddress;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxInfo;
import dev.warren.SandboxProcess;
import dev.warren.StateDirectory;
import dev.warren.spi.RuntimeInfo.Capability;
import dev.warren.spi.SandboxRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a manager does on a real runtime, the whole way through the real bridge. A subclass names
 * the runtime.
 */
@Timeout(120)
public abstract class ManagerContract {
  private static final BotId BOT = BotId.of("bot-" + ProcessHandle.current().pid());

  @TempDir Path temp;
  private BotContainerManager manager;

  /** The runtime under test. */
  protected abstract Class<? extends RuntimeFactory> factory();

  /** The image for it, where it has images. */
  protected abstract Optional<String> image();

  @BeforeEach
  void open() {
    manager = builder().build();
  }

  @AfterEach
  void deleteAll() {
    manager.close();
    try (BotContainerManager cleaner = builder().build()) {
      cleaner.list().forEach(sandbox -> cleaner.delete(sandbox.bot()));
      assertThat(cleaner.list()).isEmpty();
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
    manager = builder().build();
    assertThat(manager.reconcile().sandboxes()).containsEntry(BOT, ReconcileReport.Outcome.ADOPTED);
    assertThat(manager.find(BOT).orElseThrow().files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void aKilledBridge_isStartedAgain_withItsData() {
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    if (sandbox.address() instanceof SandboxAddress.UnixSocket address) {
      ProcessHandle.of(address.taskPid()).orElseThrow().destroyForcibly();
      ProcessHandle.of(address.taskPid()).ifPresent(handle -> handle.onExit().join());
    } else {
      // No process of another host can be killed from here, but the workload is next to it.
      endFromWithin(sandbox, "kill -9 $PPID");
    }
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
  }

  @Test
  void managersOfDifferentNames_doNotTouchEachOthersSandboxes() {
    manager.start(BOT).files().writeString("notes.txt", "hello");
    try (BotContainerManager other = builder().name("other").build()) {
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
    try (BotContainerManager tcp = builder().tcp().build()) {
      Sandbox sandbox = tcp.start(BotId.of("tcp-" + BOT));
      sandbox.files().writeBytes("a", "ä".getBytes(StandardCharsets.UTF_8));
      assertThat(sandbox.exec("cat", "a").stdout()).isEqualTo("ä");
      assertThat(sandbox.address()).isInstanceOf(SandboxAddress.Tcp.class);
      tcp.delete(sandbox.bot());
    }
  }

  @Test
  void bytes_areExact_alsoEmptyAndLarge() {
    Sandbox sandbox = manager.start(BOT);
    byte[] large = new byte[5 << 20];
    new Random(7).nextBytes(large);
    sandbox.files().writeBytes("empty", new byte[0]);
    sandbox.files().writeBytes("large", large);
    assertThat(sandbox.files().readBytes("empty")).isEmpty();
    assertThat(sandbox.files().readBytes("large")).isEqualTo(large);
    assertThat(sandbox.exec("wc", "-c", "large").stdout()).startsWith(large.length + " ");
  }

  @Test
  void aTimeout_endsTheWholeTree_setsidEscapeesIncluded() {
    Sandbox sandbox = manager.start(BOT);
    ExecResult result =
        sandbox.exec(
            ExecRequest.shell("setsid sleep 9753 & sleep 9753 & wait")
                .timeout(Duration.ofMillis(300))
                .build());
    assertThat(result.exit().cause()).isEqualTo(Cause.TIMED_OUT);
    assertThat(result.success()).isFalse();
    String count = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -c 'sleep 975[3]'";
    assertThat(sandbox.exec("sh", "-c", count).stdout()).isEqualTo("0\n");
  }

  @Test
  void stdin_isFed_andExitCodesAreExact() {
    Sandbox sandbox = manager.start(BOT);
    assertThat(sandbox.exec(ExecRequest.builder("cat").stdin("grüße\n").build()).stdout())
        .isEqualTo("grüße\n");
    assertThat(sandbox.exec("sh", "-c", "exit 42").exitCode()).isEqualTo(42);
    ExecResult killed = sandbox.exec("sh", "-c", "kill -9 $$");
    assertThat(killed.exit().cause()).isEqualTo(Cause.SIGNALLED);
    assertThat(killed.exitCode()).isEqualTo(137);
  }

  @Test
  void aMissingCommand_andAMissingDirectory_areToldApart() {
    Sandbox sandbox = manager.start(BOT);
    assertReason(() -> sandbox.exec("no-such-command"), Code.NOT_FOUND, "COMMAND_NOT_FOUND");
    assertReason(
        () -> sandbox.exec(ExecRequest.builder("true").cwd("/no/such/directory").build()),
        Code.NOT_FOUND,
        "CWD_NOT_FOUND");
    assertReason(() -> sandbox.files().readBytes("."), Code.INVALID_ARGUMENT, "IS_DIRECTORY");
    assertThatThrownBy(() -> sandbox.files().readBytes("missing"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void aKeptProcess_outlivesTheHost_andCanBeAttachedTo() {
    Sandbox sandbox = manager.start(BOT);
    ExecRequest echo = ExecRequest.builder("cat").kept("echo").build();
    String id;
    try (SandboxProcess process = sandbox.processes().start(echo)) {
      id = process.id();
    }
    manager.close();
    manager = builder().build();
    Sandbox again = manager.find(BOT).orElseThrow();
    assertThat(again.processes().list()).extracting(info -> info.id()).contains(id);
    StringBuilder output = new StringBuilder();
    SandboxProcess attached =
        again
            .processes()
            .attach(
                id,
                false,
                new ProcessListener() {
                  @Override
                  public void stdout(byte[] data) {
                    output.append(new String(data, StandardCharsets.UTF_8));
                  }
                });
    try {
      attached.stdin().write("hello\n".getBytes(StandardCharsets.UTF_8));
      attached.stdin().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(attached.await(Duration.ofSeconds(20)).success()).isTrue();
    assertThat(output).hasToString("hello\n");
  }

  @Test
  void twoBots_seeNothingOfEachOther() {
    BotId other = BotId.of(BOT + "-other");
    Sandbox first = manager.start(BOT);
    Sandbox second = manager.start(other);
    first.files().writeString("notes.txt", "mine");
    assertThat(second.files().exists("notes.txt")).isFalse();
    manager.delete(other);
    assertThat(first.files().readString("notes.txt")).isEqualTo("mine");
  }

  @Test
  void aWorkloadThatTakesTheBridgesPlace_isFoundOut_andTheNextStartRepairsIt() {
    assumeIsolation();
    Sandbox sandbox = manager.start(BOT);
    sandbox.files().writeString("notes.txt", "hello");
    Code expected;
    if (sandbox.address() instanceof SandboxAddress.UnixSocket) {
      sandbox.exec("sh", "-c", "rm /run/warren/s; ln -s /etc/passwd /run/warren/s").orThrow();
      expected = Code.PERMISSION_DENIED;
    } else {
      // The port is free only when the bridge is dead, and then nothing in there lives on.
      endFromWithin(sandbox, "bridge=$PPID; setsid sh -c \"kill -9 $bridge; nc -l -p 9090\"");
      expected = Code.UNAVAILABLE;
    }
    manager.close();
    manager = builder().build();
    Sandbox found = manager.find(BOT).orElseThrow();
    assertThatThrownBy(() -> found.exec("true"))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(expected));
    assertThat(manager.start(BOT).files().readString("notes.txt")).isEqualTo("hello");
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

  /** Has a command end its own sandbox, once it is known to run, and waits for that. */
  private static void endFromWithin(Sandbox sandbox, String command) {
    ExecRequest request = ExecRequest.shell("read go; " + command + "; sleep 60").build();
    try (SandboxProcess process = sandbox.processes().start(request)) {
      process.stdin().write("go\n".getBytes(StandardCharsets.UTF_8));
      process.stdin().flush();
      Eventually.soon()
          .until("the sandbox ends", () -> sandbox.info().state() == SandboxInfo.State.STOPPED);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertReason(Runnable call, Code code, String reason) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.reason()).contains(reason);
            });
  }

  /** Without isolation the workload does not know where its socket is. */
  private void assumeIsolation() {
    try (SandboxRuntime runtime = runtime()) {
      Assumptions.assumeTrue(
          runtime.info().can(Capability.ISOLATION), "the runtime isolates nothing");
    }
  }

  private BotContainerManager.Builder builder() {
    BotContainerManager.Builder builder = BotContainerManager.builder(runtime());
    image().ifPresent(builder::image);
    return builder;
  }

  private SandboxRuntime runtime() {
    try {
      RuntimeFactory factory = factory().getDeclaredConstructor().newInstance();
      return factory.open(StateDirectory.at(temp.resolve("state")));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.warren.internal.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ExecRequest;
import dev.warren.ExecRequest.OutputMode;
import dev.warren.ExecRequest.Pty;
import dev.warren.ProcessExit;
import dev.warren.ProcessListener;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxProcess;
import dev.warren.SandboxProcesses;
import dev.warren.internal.connection.BridgeTestCase;
import dev.warren.testsupport.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Started and attached processes of the real bridge. */
class BridgeProcessTest extends BridgeTestCase {
  private static final Duration SOON = Duration.ofSeconds(20);

  private BridgeProcesses processes;

  @BeforeEach
  void prepare() {
    processes = new BridgeProcesses(connections, "bot-1");
  }

  @Test
  void streams_carryWhatIsWrittenAndRead() throws IOException {
    try (SandboxProcess process = processes.start(ExecRequest.of("cat"))) {
      process.stdin().write("hello\n".getBytes(UTF_8));
      assertThat(process.stdout().readNBytes(6)).isEqualTo("hello\n".getBytes(UTF_8));
      assertThat(process.pid()).isPositive();
      process.stdin().close();
      assertThat(process.await(SOON).success()).isTrue();
      assertThat(process.stdout().read()).isEqualTo(-1);
    }
  }

  @Test
  void streams_unreadUpToTheBound_doNotHoldUpTheOther() throws IOException {
    ExecRequest request =
        ExecRequest.shell("head -c 700000 /dev/zero >&2; head -c 3000000 /dev/zero").build();
    try (SandboxProcess process = processes.start(request)) {
      assertThat(process.stdout().readAllBytes()).hasSize(3_000_000);
      assertThat(process.stderr().readAllBytes()).hasSize(700_000);
      assertThat(process.await(SOON).success()).isTrue();
    }
  }

  @Test
  void streams_closedOne_isDroppedAndBlocksNothing() throws IOException {
    ExecRequest request = ExecRequest.shell("head -c 9000000 /dev/zero >&2; echo done").build();
    try (SandboxProcess process = processes.start(request)) {
      process.stderr().close();
      assertThat(process.stdout().readAllBytes()).isEqualTo("done\n".getBytes(UTF_8));
    }
  }

  @Test
  void stdin_ofAProcessThatDoesNotRead_blocksAndCanBeInterrupted() throws Exception {
    try (SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"))) {
      AtomicReference<Throwable> seen = new AtomicReference<>();
      Thread writer =
          new Thread(
              () -> {
                try {
                  process.stdin().write(new byte[16 << 20]);
                } catch (IOException e) {
                  seen.set(e);
                }
              });
      writer.start();
      Await.until(() -> writer.getState() == Thread.State.WAITING);
      writer.interrupt();
      writer.join(10_000);
      assertThat(seen.get()).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void stdin_closedByTheProcess_fails() {
    try (SandboxProcess process =
        processes.start(ExecRequest.shell("exec <&-; sleep 600").build())) {
      OutputStream stdin = process.stdin();
      assertThatThrownBy(
              () -> {
                while (true) {
                  stdin.write(new byte[4096]);
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not read");
    }
  }

  @Test
  void listener_getsEverythingInOrderAndThenTheEnd() throws Exception {
    RecordingListener listener = new RecordingListener();
    processes.start(
        ExecRequest.shell(
                "i=0; while [ $i -lt 2000 ]; do echo $i; i=$((i+1)); done; echo e >&2; exit 4")
            .build(),
        listener);
    ProcessExit exit = listener.end.get();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      expected.append(i).append('\n');
    }
    assertThat(listener.text()).isEqualTo(expected.toString());
    assertThat(listener.errorText()).isEqualTo("e\n");
    assertThat(exit.code()).isEqualTo(4);
    assertThat(listener.notes()).isEmpty();
  }

  @Test
  void listener_thatBlocks_holdsUpTheProcessAndNothingElse() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    RecordingListener listener =
        new RecordingListener() {
          @Override
          public void stdout(byte[] data) {
            try {
              gate.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            super.stdout(data);
          }
        };
    SandboxProcess process =
        processes.start(
            ExecRequest.shell("head -c 20000000 /dev/zero; touch done").build(), listener);
    assertThat(processes.exec(ExecRequest.of("true")).success()).isTrue();
    assertThat(bridge.root.resolve("done")).doesNotExist();
    gate.countDown();
    assertThat(process.await(SOON).success()).isTrue();
    assertThat(listener.out()).hasSize(20_000_000);
  }

  @Test
  void listener_thatThrows_endsTheConversationWithItsFailure() {
    SandboxProcess process =
        processes.start(
            ExecRequest.shell("echo x; sleep 600").build(),
            new ProcessListener() {
              @Override
              public void stdout(byte[] data) {
                throw new IllegalStateException("mine");
              }
            });
    assertThatThrownBy(() -> process.await(SOON))
        .isInstanceOf(SandboxException.class)
        .hasRootCauseMessage("mine");
    process.close();
  }

  @Test
  void lines_areNeverSplitAndLongOnesReported() throws Exception {
    RecordingListener listener = new RecordingListener();
    processes.start(
        ExecRequest.shell("echo short; head -c 70000 /dev/zero | tr '\\0' y; echo; printf last")
            .output(OutputMode.lines(65536))
            .build(),
        listener);
    listener.end.get();
    assertThat(listener.notes()).containsExactly("long 70001 4096 4096");
    assertThat(listener.text()).isEqualTo("short\nlast");
  }

  @Test
  void lines_longerThanOtherMessagesMayBe_arriveWhole() throws Exception {
    RecordingListener listener = new RecordingListener();
    processes.start(
        ExecRequest.shell("head -c 67108863 /dev/zero | tr '\\0' y; echo; echo after")
            .output(OutputMode.lines(64 << 20))
            .build(),
        listener);
    assertThat(listener.end.get().success()).isTrue();
    assertThat(listener.notes()).isEmpty();
    assertThat(listener.text()).hasSize((64 << 20) + 6).endsWith("y\nafter\n");
  }

  @Test
  void pty_hasASizeThatCanBeChanged() throws Exception {
    RecordingListener listener = new RecordingListener();
    try (SandboxProcess process =
        processes.start(
            ExecRequest.shell("stty size; read x; stty size").pty(Pty.defaults()).build(),
            listener)) {
      Await.until(() -> listener.text().contains("24 80"));
      process.resize(132, 50);
      process.stdin().write("\n".getBytes(UTF_8));
      process.await(SOON);
      assertThat(listener.text()).contains("50 132");
    }
  }

  @Test
  void resize_withoutATerminal_isRefusedAndHarmless() {
    try (SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"))) {
      assertCode(Code.CONFLICT, () -> process.resize(80, 25));
      assertThat(processes.list().get(0).attached()).isTrue();
    }
  }

  @Test
  void resize_ofAnAttachedProcessWithoutATerminal_isHarmless() throws Exception {
    SandboxProcess started =
        processes.start(ExecRequest.builder("cat").kept("x").build(), new RecordingListener());
    RecordingListener listener = new RecordingListener();
    SandboxProcess process = processes.attach(started.id(), true, listener);
    process.resize(80, 25);
    process.stdin().write("on\n".getBytes(UTF_8));
    Await.until(() -> listener.text().equals("on\n"));
    process.cancel();
    assertThat(listener.end.get().cause()).isEqualTo(ProcessExit.Cause.CANCELLED);
  }

  @Test
  void signal_reachesTheProcess() {
    try (SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"))) {
      process.signal(15);
      ProcessExit exit = process.await(SOON);
      assertThat(exit.cause()).isEqualTo(ProcessExit.Cause.SIGNALLED);
      assertThat(exit.code()).isEqualTo(143);
      assertCode(Code.INVALID_ARGUMENT, () -> process.signal(65));
    }
    assertCode(
        Code.NOT_FOUND,
        "PROCESS_NOT_FOUND",
        () -> processes.signal("nobody", 15, SandboxProcesses.Scope.TREE));
  }

  @Test
  void await_timesOutAndTheProcessGoesOn() {
    try (SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"))) {
      assertCode(Code.TIMEOUT, () -> process.await(Duration.ofMillis(30)));
      assertThat(process.onExit()).isNotDone();
      process.onExit().cancel(true);
      process.cancel();
      assertThat(process.await(SOON).cause()).isEqualTo(ProcessExit.Cause.CANCELLED);
    }
  }

  @Test
  void close_endsWhatIsNotKept() {
    SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"));
    process.close();
    process.close();
    assertThat(process.onExit())
        .isCompletedWithValueMatching(exit -> exit.cause() == ProcessExit.Cause.CANCELLED);
  }

  @Test
  void kept_goesOnAfterCloseAndIsAttachedAgainWhereItWas() throws Exception {
    RecordingListener first = new RecordingListener();
    SandboxProcess process =
        processes.start(ExecRequest.builder("cat").kept("server").build(), first);
    process.stdin().write("one\n".getBytes(UTF_8));
    Await.until(() -> first.text().equals("one\n"));
    process.close();
    assertThatThrownBy(first.end::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CLOSED));

    RecordingListener second = new RecordingListener();
    try (SandboxProcess again = processes.attach(process.id(), false, second)) {
      again.stdin().write("two\n".getBytes(UTF_8));
      Await.until(() -> second.text().endsWith("two\n"));
      assertThat(second.text()).isEqualTo("two\n");
      assertThat(second.notes()).isEmpty();
      again.cancel();
      assertThat(again.await(SOON).cause()).isEqualTo(ProcessExit.Cause.CANCELLED);
    }
  }

  @Test
  void attach_isExclusiveUnlessItTakesOver() throws Exception {
    RecordingListener first = new RecordingListener();
    SandboxProcess process = processes.start(ExecRequest.builder("cat").kept("x").build(), first);
    assertCode(
        Code.CONFLICT,
        "ALREADY_ATTACHED",
        () -> processes.attach(process.id(), false, new RecordingListener()));
    RecordingListener second = new RecordingListener();
    SandboxProcess taken = processes.attach(process.id(), true, second);
    assertThatThrownBy(first.end::get)
        .cause()
        .isInstanceOfSatisfying(
            SandboxException.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.CONFLICT);
              assertThat(e.reason()).hasValue("TAKEN_OVER");
            });
    taken.cancel();
    assertThat(second.end.get().cause()).isEqualTo(ProcessExit.Cause.CANCELLED);
    assertCode(Code.NOT_FOUND, () -> processes.attach("never-was", false, new RecordingListener()));
  }

  @Test
  void start_thatFails_throwsAndTellsTheListenerNothing() {
    RecordingListener listener = new RecordingListener();
    assertCode(
        Code.NOT_FOUND,
        "COMMAND_NOT_FOUND",
        () -> processes.start(ExecRequest.of("no-such-command"), listener));
    assertThat(listener.end).isNotDone();
  }
}

package dev.warren.internal.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.internal.connection.BridgeProcessFixture;
import dev.warren.internal.connection.BridgeTestCase;
import dev.warren.testsupport.Await;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** exec against the real bridge. */
class BridgeExecTest extends BridgeTestCase {
  private BridgeProcesses processes;

  @BeforeEach
  void prepare() {
    processes = new BridgeProcesses(connections, "bot-1");
  }

  private ExecResult shell(String line) {
    return processes.exec(ExecRequest.shell(line).build());
  }

  @Test
  void exec_returnsCodeAndBothStreams() {
    ExecResult result = shell("echo out; echo err >&2; exit 3");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.success()).isFalse();
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
  }

  @Test
  void exec_feedsStdinOfAnyLengthAndClosesIt() {
    byte[] input = new byte[5 << 20];
    new Random(7).nextBytes(input);
    ExecResult result =
        processes.exec(ExecRequest.builder("cat").stdin(input).captureLimit(16 << 20).build());
    assertThat(result.stdoutCaptured().head()).isEqualTo(input);
    assertThat(result.success()).isTrue();
  }

  @Test
  void exec_commandThatDoesNotReadItsStdin_isNoFailure() {
    ExecResult result =
        processes.exec(ExecRequest.builder("true").stdin(new byte[5 << 20]).build());
    assertThat(result.success()).isTrue();
  }

  @Test
  void exec_capturesHeadAndTailOfMuchOutput() {
    ExecResult result =
        processes.exec(
            ExecRequest.shell("head -c 20000000 /dev/zero | tr '\\0' x; echo END")
                .captureLimit(1000)
                .build());
    assertThat(result.stdoutCaptured().totalBytes()).isEqualTo(20_000_004);
    assertThat(result.stdoutCaptured().head()).hasSize(500);
    assertThat(result.stdoutCaptured().tail()).hasSize(500);
    assertThat(result.stdout()).endsWith("xEND\n").contains("bytes dropped");
  }

  @Test
  void exec_timesOutWithTheWholeTree() {
    ExecResult result =
        processes.exec(
            ExecRequest.shell("sleep 600 & sleep 600").timeout(Duration.ofMillis(200)).build());
    assertThat(result.exit().cause()).isEqualTo(ProcessExit.Cause.TIMED_OUT);
    assertCode(Code.TIMEOUT, result::orThrow);
  }

  @Test
  void exec_tellsApartWhyACommandCannotStart() {
    assertCode(
        Code.NOT_FOUND,
        "COMMAND_NOT_FOUND",
        () -> processes.exec(ExecRequest.of("no-such-command")));
    assertCode(
        Code.NOT_FOUND,
        "CWD_NOT_FOUND",
        () -> processes.exec(ExecRequest.builder("true").cwd("/no/such").build()));
    assertCode(
        Code.NOT_FOUND,
        "USER_NOT_FOUND",
        () -> processes.exec(ExecRequest.builder("true").user("nobody-here").build()));
    assertCode(
        Code.PERMISSION_DENIED,
        "NOT_EXECUTABLE",
        () -> processes.exec(ExecRequest.of("/etc/passwd")));
  }

  @Test
  void exec_interruptedCaller_endsTheCommand() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                shell("echo $$ > pid; sleep 600");
              } catch (SandboxException e) {
                seen.set(e);
                flag.set(Thread.currentThread().isInterrupted());
              }
            });
    caller.start();
    Await.until(() -> bridge.root.resolve("pid").toFile().length() > 0);
    caller.interrupt();
    caller.join(10_000);
    assertThat(seen.get())
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CANCELLED));
    assertThat(flag.get()).isTrue();
    assertThat(processes.list())
        .allSatisfy(
            info ->
                assertThat(info.exit())
                    .hasValueSatisfying(
                        exit -> assertThat(exit.cause()).isEqualTo(ProcessExit.Cause.CANCELLED)));
  }

  @Test
  void exec_lostConnection_isMadeUpFor() throws Exception {
    AtomicReference<ExecResult> result = new AtomicReference<>();
    Thread caller =
        new Thread(
            () ->
                result.set(
                    shell(
                        "echo a; touch started; while [ ! -e go ]; do sleep 0.02; done; echo b")));
    caller.start();
    Await.until(() -> bridge.root.resolve("started").toFile().exists());
    connections.sever();
    bridge.root.resolve("go").toFile().createNewFile();
    caller.join(20_000);
    assertThat(result.get().stdout()).isEqualTo("a\nb\n");
  }

  @Test
  void exec_bridgeThatDies_isNeverASuccess() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                shell("touch started; sleep 600");
              } catch (SandboxException e) {
                seen.set(e);
              }
            });
    caller.start();
    Await.until(() -> bridge.root.resolve("started").toFile().exists());
    bridge.close();
    try (BridgeProcessFixture next = BridgeProcessFixture.unix(directory, "bot-1")) {
      bridge = next;
      caller.join(20_000);
      assertThat(seen.get())
          .isInstanceOfSatisfying(
              SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFLICT))
          .hasMessageContaining("restarted");
    }
  }
}

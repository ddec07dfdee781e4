package dev.warren.internal.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.ExecRequest;
import dev.warren.ExecResult;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.SandboxProcess;
import dev.warren.internal.connection.BridgeConnection;
import dev.warren.internal.connection.BridgeProcessFixture;
import dev.warren.internal.connection.BridgeTestCase;
import dev.warren.internal.connection.ConnectionSource;
import dev.warren.internal.connection.TestConnections;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that break at every point, against the real bridge. */
class BridgeReconnectTest extends BridgeTestCase {

  private StreamCutter cutter = StreamCutter.none();

  private final AtomicInteger refusals = new AtomicInteger();
  private volatile boolean ended;

  @Override
  public BridgeConnection open() {
    if (ended) {
      refusals.incrementAndGet();
      throw SandboxException.of(Code.UNAVAILABLE, "reach", "bot-1")
          .reason(ConnectionSource.NOT_RUNNING)
          .build();
    }
    return TestConnections.intercepted(super.open(), cutter);
  }

  private BridgeProcesses cut(StreamCutter by) {
    cutter = by;
    return new BridgeProcesses(connections, "bot-1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 40})
  void exec_streamCutOnceAfterAnyFrame_losesAndDoublesNothing(int frames) {
    byte[] input = new byte[5_000_000]; // more frames than the latest cut, however full they are
    new Random(frames).nextBytes(input);
    cutter = StreamCutter.once(frames);
    ExecResult result =
        cut(cutter)
            .exec(
                ExecRequest.shell("cat; echo end >&2").stdin(input).captureLimit(8 << 20).build());
    assertThat(result.stdoutCaptured().head()).isEqualTo(input);
    assertThat(result.stderr()).isEqualTo("end\n");
    assertThat(result.success()).isTrue();
    assertThat(cutter.cuts()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void exec_streamCutAgainAndAgain_losesAndDoublesNothing(long seed) {
    byte[] input = new byte[3_000_000];
    new Random(seed).nextBytes(input);
    cutter = StreamCutter.random(seed, 25);
    ExecResult result =
        cut(cutter).exec(ExecRequest.builder("cat").stdin(input).captureLimit(8 << 20).build());
    assertThat(result.stdoutCaptured().head()).isEqualTo(input);
    assertThat(cutter.cuts()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void listener_streamCutAgainAndAgain_getsLinesInOrder(long seed) throws Exception {
    RecordingListener listener = new RecordingListener();
    cutter = StreamCutter.random(seed, 12);
    try (SandboxProcess process =
        cut(cutter)
            .start(
                ExecRequest.builder("cat")
                    .output(ExecRequest.OutputMode.lines(65536).journal(64 << 10))
                    .build(),
                listener)) {
      StringBuilder sent = new StringBuilder();
      for (int i = 0; i < 3000; i++) {
        String line = "line " + i + " äöü €\n";
        sent.append(line);
        process.stdin().write(line.getBytes(UTF_8));
      }
      process.stdin().close();
      assertThat(listener.end.get().success()).isTrue();
      assertThat(listener.text()).isEqualTo(sent.toString());
      assertThat(listener.pieces())
          .allSatisfy(piece -> assertThat(piece[piece.length - 1]).isEqualTo((byte) '\n'));
      assertThat(listener.notes()).isEmpty();
    }
    assertThat(cutter.cuts()).isPositive();
  }

  @Test
  void exec_startWhoseRequestWasLost_isStartedOnce() {
    cutter = StreamCutter.beforeTheRequest();
    ExecResult result = cut(cutter).exec(ExecRequest.shell("echo x >> log; cat log").build());
    assertThat(result.stdout()).isEqualTo("x\n");
    assertThat(cutter.cuts()).isEqualTo(1);
  }

  @Test
  void exec_startWhoseAnswerWasLost_isNotStartedAgain() {
    cutter = StreamCutter.once(0);
    ExecResult result = cut(cutter).exec(ExecRequest.shell("echo x >> log; cat log").build());
    assertThat(result.stdout()).isEqualTo("x\n");
  }

  @Test
  void process_withoutConnectionWhenItIsCancelled_isCancelledOnceItIsBack() throws Exception {
    BridgeProcesses processes = new BridgeProcesses(connections, "bot-1");
    RecordingListener listener = new RecordingListener();
    SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"), listener);
    connections.sever();
    process.cancel();
    assertThat(listener.end.get().cause()).isEqualTo(ProcessExit.Cause.CANCELLED);
  }

  @Test
  void process_ofABridgeThatWasRestarted_fails() throws Exception {
    BridgeProcesses processes = new BridgeProcesses(connections, "bot-1");
    RecordingListener listener = new RecordingListener();
    SandboxProcess process = processes.start(ExecRequest.of("sleep", "600"), listener);
    bridge.close();
    bridge = BridgeProcessFixture.unix(directory, "bot-1");
    assertThatThrownBy(listener.end::get)
        .cause()
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.CONFLICT));
    assertThatThrownBy(() -> process.stdin().write(1)).hasMessageContaining("does not read");
    process.close();
  }

  @Test
  void process_whoseSandboxHasEnded_failsWithoutWaitingForIt() {
    SandboxProcess process = cut(StreamCutter.none()).start(ExecRequest.of("sleep", "60"));
    ended = true;
    connections.sever();
    assertThatThrownBy(() -> process.await(Duration.ofSeconds(25)))
        .isInstanceOfSatisfying(
            SandboxException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    assertThat(refusals).hasValue(1);
  }
}

package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.greet;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rows 51, 55 to 57: the process of a session. */
class McpSessionProcessTest {

  @Nested
  class Exit {
    @Test
    void exitDuringCalls_failsAllOfThemWithCodeAndStderr() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        List<CompletableFuture<McpResponse>> calls =
            IntStream.range(0, 10).mapToObj(i -> fixture.calling("a/call")).toList();
        calls.forEach(call -> process.expect("a/call"));
        process.stderr("out of cheese\n").exit(3);
        for (CompletableFuture<McpResponse> call : calls) {
          SandboxException failure = failure(call);
          assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
          assertThat(failure).hasMessageContaining("exit code 3").hasMessageContaining("cheese");
        }
        assertThat(fixture.session.state()).isInstanceOf(McpState.New.class);
      }
    }

    @Test
    void nextCallAfterTheEnd_startsAnotherProcessWithItsOwnHandshake() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        fixture.ready().exit(1);
        CompletableFuture<McpResponse> call = later(() -> untilStarted(fixture));
        FakeProcess second = greet(fixture.server.process());
        second.reply(second.expect("a/call"), "{\"second\":true}");
        assertThat(soon(call).result()).hasToString("{\"second\":true}");
        assertThat(fixture.session.counters().starts()).isEqualTo(2);
      }
    }

    /** The end may not have been noticed when the call is made; then it fails, unsent or not. */
    private McpResponse untilStarted(SessionFixture fixture) {
      while (true) {
        try {
          return fixture.session.call(McpRequest.of("a/call"));
        } catch (SandboxException e) {
          assertThat(e.code()).isEqualTo(Code.UNAVAILABLE);
        }
      }
    }

    @Test
    void whatTheOldProcessStillSays_reachesNobody() throws Exception {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      McpListener listener =
          new McpListener() {
            @Override
            public void notification(McpNotification notification) {
              heard.add(notification.method());
            }

            @Override
            public void serverReady(McpServerDescription server) {
              heard.add("ready");
            }

            @Override
            public void serverEnded(SandboxException cause) {
              heard.add("ended " + cause.code());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        FakeProcess first = fixture.ready();
        first.ignoreEof().ignoreTerm().ignoreKill();
        first.closeStdout();
        CompletableFuture<McpResponse> call = later(() -> untilStarted(fixture));
        // it is still there when its stdout is closed; the next comes when it was given up
        FakeProcess second = greet(fixture.server.process());
        Json seen = second.expect("a/call");
        first.send(
            "{\"jsonrpc\":\"2.0\",\"id\":" + seen.at("/id").orElseThrow() + ",\"result\":{}}");
        first.send("{\"jsonrpc\":\"2.0\",\"method\":\"old/news\"}");
        first.flushed();
        second.send("{\"jsonrpc\":\"2.0\",\"method\":\"new/news\"}");
        second.reply(seen, "{\"from\":2}");
        assertThat(soon(call).result()).hasToString("{\"from\":2}");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("ready");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).startsWith("ended");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isIn("ready", "new/news");
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isIn("ready", "new/news");
        assertThat(heard).isEmpty();
      }
    }

    @Test
    void subscriptionsAndLogLevel_areSetAgainAfterARestart() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess first = fixture.ready();
        var subscribed = later(() -> run(() -> fixture.session.subscribeResource("a://b")));
        first.reply(first.expect("resources/subscribe"), "{}");
        soon(subscribed);
        var leveled = later(() -> run(() -> fixture.session.setLogLevel(McpLogLevel.ERROR)));
        first.reply(first.expect("logging/setLevel"), "{}");
        soon(leveled);
        first.exit(1);
        CompletableFuture<McpResponse> call = later(() -> untilStarted(fixture));
        FakeProcess second = greet(fixture.server.process());
        assertThat(second.expect("logging/setLevel").string("/params/level")).contains("error");
        assertThat(second.expect("resources/subscribe").string("/params/uri")).contains("a://b");
        second.reply(second.expect("a/call"), "{}");
        soon(call);
      }
    }

    @Test
    void policyNever_closesTheSessionWithTheCause() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.restart(McpRestartPolicy.never()))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        process.expect("a/call");
        process.exit(4);
        assertThat(failure(call)).hasMessageContaining("exit code 4");
        assertThat(fixture.session.state())
            .isInstanceOfSatisfying(
                McpState.Closed.class,
                closed -> assertThat(closed.cause()).hasMessageContaining("exit code 4"));
        assertThat(failure(fixture.calling("a/call"))).hasMessageContaining("exit code 4");
        assertThat(fixture.server.starts()).isOne();
      }
    }

    @Test
    void tooManyStarts_areRefusedWithTheLastCause() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.restart(new McpRestartPolicy(2, Duration.ofHours(1))))) {
        for (int i = 0; i < 2; i++) {
          CompletableFuture<McpResponse> call = fixture.calling("a/call");
          FakeProcess process = fixture.server.process();
          process.expect("initialize");
          process.exit(9);
          assertThat(failure(call)).hasMessageContaining("exit code 9");
        }
        SandboxException failure = failure(fixture.calling("a/call"));
        assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("too often").hasMessageContaining("exit code 9");
        assertThat(fixture.server.starts()).isEqualTo(2);
      }
    }
  }

  @Nested
  class Close {
    @Test
    void close_endsStdinAndWaitsForTheProcess() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        fixture.session.close();
        assertThat(process.events()).containsExactly("eof");
        assertThat(fixture.session.state()).isInstanceOf(McpState.Closed.class);
      }
    }

    @Test
    void serverThatIgnoresTheEndOfItsStdin_getsSigtermThenSigkill() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        process.ignoreEof().ignoreTerm();
        fixture.session.close();
        assertThat(process.events()).containsExactly("eof", "term", "kill");
      }
    }

    @Test
    void close_failsWaitingCallsAtOnceAndLaterOnesToo() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        process.expect("a/call");
        fixture.session.close();
        assertThat(failure(call).code()).isEqualTo(Code.CLOSED);
        assertThat(failure(fixture.calling("a/call")).code()).isEqualTo(Code.CLOSED);
        assertThat(failure(() -> fixture.session.callTool("t")).code()).isEqualTo(Code.CLOSED);
        assertThat(fixture.session.counters().pendingCalls()).isZero();
      }
    }

    @Test
    void close_manyTimesAtOnce_allReturnWhenItIsDone() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        process.ignoreEof();
        List<CompletableFuture<Boolean>> closers =
            IntStream.range(0, 8).mapToObj(i -> later(() -> run(fixture.session::close))).toList();
        closers.forEach(SessionFixture::soon);
        assertThat(process.events()).containsExactly("eof", "term");
        assertThat(fixture.session.state()).isInstanceOf(McpState.Closed.class);
      }
    }

    @Test
    void close_duringTheHandshake_failsThoseWhoWaitAndLeavesNoProcess() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        FakeProcess process = fixture.server.process();
        process.expect("initialize");
        fixture.session.close();
        assertThat(failure(call).code()).isEqualTo(Code.CLOSED);
        assertThat(process.events()).isNotEmpty();
        assertThat(fixture.session.state()).isInstanceOf(McpState.Closed.class);
      }
    }

    @Test
    void close_beforeAnything_startsNothing() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        assertThat(fixture.session.state()).isInstanceOf(McpState.New.class);
        fixture.session.close();
        assertThat(failure(fixture.calling("a/call")).code()).isEqualTo(Code.CLOSED);
        assertThat(fixture.server.starts()).isZero();
      }
    }

    @Test
    void ping_duringTheEnd_isStillAnswered() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        process.stopReading().ignoreEof();
        process.send("{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"ping\"}");
        process.flushed();
        CompletableFuture<Boolean> closed = later(() -> run(fixture.session::close));
        process.readAgain();
        assertThat(process.expect()).contains("\"id\":5");
        soon(closed);
      }
    }
  }

  private static boolean run(Runnable work) {
    work.run();
    return true;
  }
}

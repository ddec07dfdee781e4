package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpResponse;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpToolResult;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.spi.Pause;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens to a sandbox while calls to a server in it are in flight. */
@Tag("engine")
class SandboxFaultsIT extends PeerTestCase {

  private static McpSession open(Sandbox sandbox) {
    return session(SandboxStdio.of(sandbox, peers.npm("everything", "stdio"))).open();
  }

  /** Calls that the server has begun to work on and will not answer soon. */
  private static List<CompletableFuture<McpResponse>> inFlight(McpSession session, int count)
      throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(count);
    McpRequest work =
        McpRequest.of(
                "tools/call",
                Map.of(
                    "name",
                    "trigger-long-running-operation",
                    "arguments",
                    Map.of("duration", 600, "steps", 6000)))
            .withTimeout(Duration.ofMinutes(5))
            .withProgress(progress -> begun.countDown());
    List<CompletableFuture<McpResponse>> calls =
        IntStream.range(0, count).mapToObj(i -> session.callAsync(work)).toList();
    // Each reports ten times a second; so many reports are there only if all work.
    assertThat(begun.await(60, TimeUnit.SECONDS)).as("progress").isTrue();
    return calls;
  }

  private static void assertEchoes(McpSession session) {
    assertThat(session.callTool("echo", Map.of("message", "again")).text())
        .isEqualTo("Echo: again");
  }

  @Test
  void stop_failsAllCallsInFlight_andTheNextStartServesTheSameSession() throws Exception {
    Sandbox sandbox = peers.sandbox();
    try (McpSession session = open(sandbox)) {
      List<CompletableFuture<McpResponse>> calls = inFlight(session, 5);
      sandbox.stop();
      for (CompletableFuture<McpResponse> call : calls) {
        assertThat(failure(call).code()).isEqualTo(Code.UNAVAILABLE);
      }
      assertThat(session.counters().pendingCalls()).isZero();
      assertThat(failure(() -> session.callTool("echo", Map.of("message", "x"))).code())
          .isIn(Code.UNAVAILABLE, Code.CONFLICT, Code.NOT_FOUND);
      Sandbox unused = peers.manager().start(sandbox.bot());
      assertEchoes(session);
    }
  }

  @Test
  void delete_failsAllCallsInFlight() throws Exception {
    Sandbox sandbox = peers.sandbox();
    try (McpSession session = open(sandbox)) {
      List<CompletableFuture<McpResponse>> calls = inFlight(session, 5);
      peers.manager().delete(sandbox.bot());
      for (CompletableFuture<McpResponse> call : calls) {
        assertThat(failure(call).code()).isEqualTo(Code.UNAVAILABLE);
      }
    }
  }

  @Test
  void killedByTheKernelsSignal_failsAllCallsWithHowItEnded_andTheNextCallStartsAnother()
      throws Exception {
    Sandbox sandbox = peers.sandbox();
    try (McpSession session = open(sandbox)) {
      List<CompletableFuture<McpResponse>> calls = inFlight(session, 5);
      assertThat(sandbox.exec("/bin/sh", "-c", "kill -9 $(pidof node)").success()).isTrue();
      for (CompletableFuture<McpResponse> call : calls) {
        assertThat(failure(call)).hasMessageContaining("signal 9");
      }
      assertEchoes(session);
      assertThat(session.counters().starts()).isEqualTo(2);
    }
  }

  @Test
  void pause_timeoutsFire_andCallsWithTimeLeftAreAnsweredAfterTheResume() throws Exception {
    Sandbox sandbox = peers.sandbox();
    Pause pause = peers.runtime().pause().orElseThrow();
    String container = sandbox.info().containerId();
    try (McpSession session = open(sandbox)) {
      pause.pause(container);
      List<CompletableFuture<McpToolResult>> patient;
      try {
        patient =
            Stream.of("a", "b", "c")
                .map(text -> session.callToolAsync("echo", Map.of("message", text)))
                .toList();
        McpRequest hurried = McpRequest.of("ping").withTimeout(Duration.ofMillis(500));
        assertThat(failure(() -> session.call(hurried)).code()).isEqualTo(Code.TIMEOUT);
        assertThat(patient).noneMatch(CompletableFuture::isDone);
      } finally {
        pause.resume(container);
      }
      assertThat(
              patient.stream()
                  .map(call -> call.orTimeout(60, TimeUnit.SECONDS).join().text())
                  .toList())
          .containsExactly("Echo: a", "Echo: b", "Echo: c");
      // The answer to the ping came late, and to nobody.
      Eventually.soon().passes(() -> assertThat(session.counters().pendingCalls()).isZero());
      assertEchoes(session);
      assertThat(session.counters().starts()).isEqualTo(1);
    }
  }

  @Test
  void close_ofASessionWhoseSandboxIsPaused_returnsAllTheSame() throws Exception {
    Sandbox sandbox = peers.sandbox();
    Pause pause = peers.runtime().pause().orElseThrow();
    McpSession session = open(sandbox);
    pause.pause(sandbox.info().containerId());
    try {
      CompletableFuture<Void> closed = CompletableFuture.runAsync(session::close);
      closed.get(60, TimeUnit.SECONDS);
    } finally {
      pause.resume(sandbox.info().containerId());
    }
    Eventually.within(Duration.ofMinutes(1))
        .passes(
            () ->
                assertThat(sandbox.processes().list())
                    .allMatch(process -> process.exit().isPresent()));
  }
}

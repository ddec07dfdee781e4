package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.ALL;
import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.initialized;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the first system's session promised, by the names of its own tests. */
class McpSessionAcceptanceTest {

  @Test
  void callRaw_responseEnvelope() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      FakeProcess process = fixture.ready();
      CompletableFuture<McpResponse> call =
          fixture.session.callAsync(McpRequest.of("tools/list").withId(Json.of("raw-1")));
      process.reply(process.expect("tools/list"), "{\"tools\":[]}");
      Json envelope = soon(call).envelope();
      assertThat(envelope.string("/jsonrpc")).contains("2.0");
      assertThat(envelope.string("/id")).contains("raw-1");
      assertThat(envelope.at("/result")).contains(Json.parse("{\"tools\":[]}"));
      assertThat(envelope.at("/error")).isEmpty();
    }
  }

  @Test
  void callRaw_errorEnvelope() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      FakeProcess process = fixture.ready();
      CompletableFuture<McpResponse> call = fixture.calling("no/such");
      process.replyError(process.expect("no/such"), -32601, "method not found");
      Json envelope = soon(call).envelope();
      assertThat(envelope.at("/error/code")).contains(Json.of(-32601));
      assertThat(envelope.at("/result")).isEmpty();
    }
  }

  @Test
  void initializeRetryAfterFailure() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      CompletableFuture<McpResponse> first = fixture.calling("tools/list");
      FakeProcess failing = fixture.server.process();
      failing.replyError(failing.expect("initialize"), -32603, "not yet");
      assertThat(failure(first)).hasMessageContaining("not yet");

      CompletableFuture<McpResponse> second = fixture.calling("tools/list");
      FakeProcess process = SessionFixture.greet(fixture.server.process());
      process.reply(process.expect("tools/list"), "{\"tools\":[]}");
      assertThat(soon(second).isError()).isFalse();
      assertThat(failing.unexpected()).isEmpty();
      assertThat(process.unexpected()).isEmpty();
    }
  }

  @Test
  void explicitInitializeNoDoubling() {
    try (SessionFixture fixture = SessionFixture.auto(b -> b)) {
      CompletableFuture<McpResponse> own =
          fixture.session.callAsync(
              McpRequest.of("initialize", Map.of("protocolVersion", "2025-06-18")));
      FakeProcess process = fixture.server.process();
      process.reply(process.expect("initialize"), initialized("2025-06-18", ALL));
      process.expect("notifications/initialized");
      soon(own);
      fixture.session.notify("notifications/initialized");
      CompletableFuture<McpResponse> call = fixture.calling("tools/list");
      process.reply(process.expect("tools/list"), "{\"tools\":[]}");
      soon(call);
      assertThat(process.unexpected()).isEmpty();
    }
  }

  @Test
  void pendingCleanupOnContextCancel() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      FakeProcess process = fixture.ready();
      CompletableFuture<McpResponse> call =
          fixture.session.callAsync(McpRequest.of("tools/list").withTimeout(Duration.ofMillis(30)));
      process.expect("tools/list");
      assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
      assertThat(fixture.session.counters().pendingCalls()).isZero();
    }
  }

  @Test
  void pendingCleanupOnClose() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      FakeProcess process = fixture.ready();
      CompletableFuture<McpResponse> call =
          later(() -> fixture.session.call(McpRequest.of("tools/list")));
      process.expect("tools/list");
      fixture.session.close();
      assertThat(failure(call).code()).isEqualTo(Code.CLOSED);
      assertThat(fixture.session.counters().pendingCalls()).isZero();
    }
  }

  @Test
  void readLoopCancelOnClose() {
    try (SessionFixture fixture = SessionFixture.legacy()) {
      FakeProcess process = fixture.ready();
      CompletableFuture<Boolean> closed =
          later(
              () -> {
                fixture.session.close();
                return true;
              });
      soon(closed.orTimeout(2, java.util.concurrent.TimeUnit.SECONDS));
      assertThat(process.events()).containsExactly("eof");
      assertThat(fixture.session.state()).isInstanceOf(McpState.Closed.class);
    }
  }
}

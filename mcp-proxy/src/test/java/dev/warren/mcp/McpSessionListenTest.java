package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Streams of news in the modern era: rows 49 and 50. */
class McpSessionListenTest {
  private static final String VERSION = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

  private static SessionFixture modern() {
    return SessionFixture.modern(b -> b);
  }

  @Nested
  class Listen {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    private McpListener listener(String name) {
      return new McpListener() {
        @Override
        public void toolsChanged() {
          heard.add(name + ":tools");
        }

        @Override
        public void promptsChanged() {
          heard.add(name + ":prompts");
        }

        @Override
        public void resourcesChanged() {
          heard.add(name + ":resources");
        }

        @Override
        public void resourceUpdated(String uri) {
          heard.add(name + ":" + uri);
        }
      };
    }

    private String next() throws InterruptedException {
      return heard.poll(20, TimeUnit.SECONDS);
    }

    private void acknowledge(FakeProcess process, Json listen) {
      tell(
          process,
          listen,
          "subscriptions/acknowledged",
          ",\"notifications\":" + listen.at("/params/notifications").orElseThrow());
    }

    private void tell(FakeProcess process, Json listen, String method, String members) {
      process.send(
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/"
              + method
              + "\",\"params\":{\"_meta\":{\"io.modelcontextprotocol/subscriptionId\":"
              + listen.at("/id").orElseThrow()
              + "}"
              + members
              + "}}");
    }

    @Test
    void twoStreams_hearEachTheirOwnAndNothingBeforeTheAcknowledgement() throws Exception {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription tools =
            fixture.session.listen(
                McpSubscriptionFilter.NONE.withToolsChanged(), listener("tools"));
        Json first = process.expect("subscriptions/listen");
        assertThat(first.at("/params/notifications"))
            .contains(Json.parse("{\"toolsListChanged\":true}"));
        assertThat(first.string(VERSION)).contains("2026-07-28");
        McpSubscription files =
            fixture.session.listen(
                McpSubscriptionFilter.NONE.withResources(List.of("a://b")), listener("files"));
        Json second = process.expect("subscriptions/listen");

        tell(process, first, "tools/list_changed", "");
        acknowledge(process, second);
        tell(process, second, "resources/updated", ",\"uri\":\"a://b\"");
        assertThat(next()).as("nothing came before the acknowledgement").isEqualTo("files:a://b");
        acknowledge(process, first);
        tell(process, first, "tools/list_changed", "");
        tell(process, second, "resources/updated", ",\"uri\":\"a://b/c\"");
        assertThat(next()).isEqualTo("tools:tools");
        assertThat(next()).isEqualTo("files:a://b/c");
        assertThat(soon(tools.acknowledged()).toolsChanged()).isTrue();
        assertThat(soon(files.acknowledged()).resources()).containsExactly("a://b");
      }
    }

    @Test
    void promptsAndResources_areHeardWhereTheyWereAskedFor() throws Exception {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(
                McpSubscriptionFilter.NONE.withPromptsChanged().withResourcesChanged(),
                listener("x"));
        Json listen = process.expect("subscriptions/listen");
        assertThat(listen.at("/params/notifications"))
            .contains(Json.parse("{\"promptsListChanged\":true,\"resourcesListChanged\":true}"));
        acknowledge(process, listen);
        tell(process, listen, "prompts/list_changed", "");
        tell(process, listen, "resources/list_changed", "");
        assertThat(next()).isEqualTo("x:prompts");
        assertThat(next()).isEqualTo("x:resources");
        McpSubscriptionFilter agreed = soon(stream.acknowledged());
        assertThat(agreed.promptsChanged()).isTrue();
        assertThat(agreed.resourcesChanged()).isTrue();
        assertThat(agreed.toolsChanged()).isFalse();
      }
    }

    @Test
    void answerOfTheServer_endsTheStreamGracefully() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        Json listen = process.expect("subscriptions/listen");
        acknowledge(process, listen);
        soon(stream.acknowledged());
        process.reply(listen, "{\"resultType\":\"complete\"}");
        soon(stream.ended());
        assertThat(fixture.session.counters().pendingCalls()).isZero();
      }
    }

    @Test
    void refusalOfTheServer_isTheErrorOfTheStream() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        process.replyError(process.expect("subscriptions/listen"), -32602, "no");
        assertThatThrownBy(() -> soon(stream.acknowledged())).isInstanceOf(McpErrorException.class);
        assertThatThrownBy(() -> soon(stream.ended())).isInstanceOf(McpErrorException.class);
      }
    }

    @Test
    void cancelByTheServer_endsTheStream() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        Json listen = process.expect("subscriptions/listen");
        acknowledge(process, listen);
        process.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
                + listen.at("/id").orElseThrow()
                + "}}");
        soon(stream.ended());
      }
    }

    @Test
    void close_cancelsTheRequestThatCarriesTheStream() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        Json listen = process.expect("subscriptions/listen");
        acknowledge(process, listen);
        soon(stream.acknowledged());
        stream.close();
        stream.close();
        assertThat(process.expect("notifications/cancelled").at("/params/requestId"))
            .isEqualTo(listen.at("/id"));
        soon(stream.ended());
        fixture.works(process);
      }
    }

    @Test
    void stream_hasNoTimeout() {
      try (SessionFixture fixture =
          SessionFixture.modern(
              b ->
                  b.requestTimeout(Duration.ofMillis(100))
                      .maxTotalTimeout(Duration.ofMillis(100)))) {
        FakeProcess process = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        Json listen = process.expect("subscriptions/listen");
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        process.expect("a/call");
        assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
        process.expect("notifications/cancelled");
        acknowledge(process, listen);
        soon(stream.acknowledged());
        assertThat(stream.ended()).isNotDone();
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void restart_opensTheStreamAgainUnderAnotherId() throws Exception {
      try (SessionFixture fixture = modern()) {
        FakeProcess first = fixture.readyModern();
        McpSubscription stream =
            fixture.session.listen(McpSubscriptionFilter.NONE.withToolsChanged(), listener("x"));
        acknowledge(first, first.expect("subscriptions/listen"));
        soon(stream.acknowledged());
        CompletableFuture<McpResponse> lost = fixture.calling("a/call");
        first.expect("a/call");
        first.exit(1);
        assertThat(failure(lost).code()).isEqualTo(Code.UNAVAILABLE);

        FakeProcess second = fixture.readyModern();
        Json listen = second.expect("subscriptions/listen");
        acknowledge(second, listen);
        tell(second, listen, "tools/list_changed", "");
        assertThat(next()).isEqualTo("x:tools");
        assertThat(stream.ended()).isNotDone();
      }
    }

    @Test
    void listenersOfTheSession_getAStreamForAllListsThatTheServerDeclares() throws Exception {
      try (SessionFixture fixture = SessionFixture.modern(b -> b.listener(listener("s")))) {
        FakeProcess process = fixture.readyModern();
        Json listen = process.expect("subscriptions/listen");
        assertThat(listen.at("/params/notifications"))
            .contains(
                Json.parse(
                    "{\"toolsListChanged\":true,\"promptsListChanged\":true,"
                        + "\"resourcesListChanged\":true}"));
        acknowledge(process, listen);
        tell(process, listen, "tools/list_changed", "");
        assertThat(next()).isEqualTo("s:tools");
      }
    }

    @Test
    void subscribedResource_isAddedToThatStreamAndTheOldOneGoesWhenTheNewOneSpeaks()
        throws Exception {
      try (SessionFixture fixture = SessionFixture.modern(b -> b.listener(listener("s")))) {
        FakeProcess process = fixture.readyModern();
        Json old = process.expect("subscriptions/listen");
        acknowledge(process, old);
        CompletableFuture<Boolean> subscribed =
            later(
                () -> {
                  fixture.session.subscribeResource("a://b");
                  return true;
                });
        Json fresh = process.expect("subscriptions/listen");
        assertThat(fresh.at("/params/notifications/resourceSubscriptions"))
            .contains(Json.parse("[\"a://b\"]"));
        assertThat(subscribed).isNotDone();
        acknowledge(process, fresh);
        soon(subscribed);
        assertThat(process.expect("notifications/cancelled").at("/params/requestId"))
            .isEqualTo(old.at("/id"));
        tell(process, fresh, "resources/updated", ",\"uri\":\"a://b\"");
        assertThat(next()).isEqualTo("s:a://b");
      }
    }

    @Test
    void resourceThatTheServerDoesNotAgreeTo_isAnError() {
      try (SessionFixture fixture = modern()) {
        FakeProcess process = fixture.readyModern();
        CompletableFuture<Boolean> subscribed =
            later(
                () -> {
                  fixture.session.subscribeResource("a://b");
                  return true;
                });
        Json listen = process.expect("subscriptions/listen");
        tell(process, listen, "subscriptions/acknowledged", ",\"notifications\":{}");
        assertThat(failure(subscribed).code()).isEqualTo(Code.UNSUPPORTED);
      }
    }
  }
}

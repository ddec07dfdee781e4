package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.testing.FakeProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the server tells: rows 40 and 45, and progress. */
class McpSessionNotificationsTest {
  @Nested
  class Notifications {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final McpListener listener =
        new McpListener() {
          @Override
          public void toolsChanged() {
            heard.add("tools");
          }

          @Override
          public void resourcesChanged() {
            heard.add("resources");
          }

          @Override
          public void promptsChanged() {
            heard.add("prompts");
          }

          @Override
          public void resourceUpdated(String uri) {
            heard.add("updated " + uri);
          }

          @Override
          public void logMessage(McpLogMessage message) {
            heard.add(message.level() + " " + message.logger().orElse("") + " " + message.data());
          }

          @Override
          public void notification(McpNotification notification) {
            if (!notification.method().startsWith("notifications/")) {
              heard.add(notification.method() + notification.params());
            }
          }
        };

    private String next() throws InterruptedException {
      return heard.poll(20, TimeUnit.SECONDS);
    }

    private void tell(FakeProcess process, String method, String params) {
      process.send("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}");
    }

    @Test
    void eachKind_reachesItsMethodInOrder() throws Exception {
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        FakeProcess process = fixture.ready();
        tell(process, "notifications/tools/list_changed", "{}");
        tell(process, "notifications/resources/list_changed", "{}");
        tell(process, "notifications/prompts/list_changed", "{}");
        tell(process, "notifications/resources/updated", "{\"uri\":\"a://b\"}");
        tell(
            process,
            "notifications/message",
            "{\"level\":\"warning\",\"logger\":\"l\",\"data\":\"d\"}");
        tell(process, "own/thing", "{\"x\":1.0}");
        assertThat(List.of(next(), next(), next(), next(), next(), next()))
            .containsExactly(
                "tools",
                "resources",
                "prompts",
                "updated a://b",
                "warning l \"d\"",
                "own/thing{\"x\":1.0}");
      }
    }

    @Test
    void listenerThatThrows_doesNotSpoilTheNext() throws Exception {
      McpListener broken =
          new McpListener() {
            @Override
            public void toolsChanged() {
              throw new IllegalStateException("broken");
            }
          };
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.listener(broken).listener(listener))) {
        FakeProcess process = fixture.ready();
        tell(process, "notifications/tools/list_changed", "{}");
        assertThat(next()).isEqualTo("tools");
      }
    }

    @Test
    void progress_reachesItsCallWithTheCallersToken() {
      BlockingQueue<McpProgress> progress = new LinkedBlockingQueue<>();
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of("a/call", Map.of("_meta", Map.of("progressToken", "mine")))
                    .withProgress(progress::add));
        Json seen = process.expect("a/call");
        String token = seen.at("/params/_meta/progressToken").orElseThrow().toString();
        assertThat(token).as("of the session, unique").isNotEqualTo("\"mine\"");
        tell(
            process,
            "notifications/progress",
            "{\"progressToken\":" + token + ",\"progress\":1,\"total\":4,\"message\":\"m\"}");
        process.reply(seen, "{}");
        soon(call);
        McpProgress one = progress.remove();
        assertThat(one.progress()).isEqualTo(1.0);
        assertThat(one.total()).contains(4.0);
        assertThat(one.message()).contains("m");
        assertThat(one.params().string("/progressToken")).contains("mine");
      }
    }

    @Test
    void progressForTheCallersOwnToken_isHeardByTheListenersWithThatToken() throws Exception {
      BlockingQueue<Json> progress = new LinkedBlockingQueue<>();
      McpListener all =
          new McpListener() {
            @Override
            public void notification(McpNotification notification) {
              progress.add(notification.params());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(all))) {
        FakeProcess process = fixture.ready();
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(
                McpRequest.of("a/call", Map.of("_meta", Map.of("progressToken", 7))));
        Json seen = process.expect("a/call");
        Json token = seen.at("/params/_meta/progressToken").orElseThrow();
        tell(process, "notifications/progress", "{\"progressToken\":" + token + ",\"progress\":1}");
        assertThat(progress.poll(20, TimeUnit.SECONDS))
            .isEqualTo(Json.parse("{\"progressToken\":7,\"progress\":1}"));
        process.reply(seen, "{}");
        soon(call);
      }
    }

    @Test
    void removedListener_hearsNothingMore() throws Exception {
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        FakeProcess process = fixture.ready();
        BlockingQueue<String> other = new LinkedBlockingQueue<>();
        fixture.session.removeListener(listener);
        fixture.session.addListener(
            new McpListener() {
              @Override
              public void toolsChanged() {
                other.add("tools");
              }
            });
        tell(process, "notifications/tools/list_changed", "{}");
        assertThat(other.poll(20, TimeUnit.SECONDS)).isEqualTo("tools");
        assertThat(heard).isEmpty();
      }
    }

    @Test
    void cancelByNotification_isRefusedBecauseTheIdIsNotTheCallers() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        FakeProcess process = fixture.ready();
        assertThat(
                failure(
                        () ->
                            fixture.session.notify(
                                "notifications/cancelled", Json.of(Map.of("requestId", 1))))
                    .getMessage())
            .contains("future");
        fixture.session.notify("own/thing", Json.of(Map.of("a", 1)));
        assertThat(process.expect("own/thing").at("/params/a")).contains(Json.of(1));
      }
    }
  }
}

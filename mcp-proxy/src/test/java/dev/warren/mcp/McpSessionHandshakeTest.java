package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.ALL;
import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.greet;
import static dev.warren.mcp.SessionFixture.initialized;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows 22 to 30: eras and the handshake. */
class McpSessionHandshakeTest {
  @Nested
  class Handshake {
    @Test
    void callsBeforeTheHandshake_waitForItAndComeAfterInitialized() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> first = fixture.calling("a/one");
        CompletableFuture<McpResponse> second = fixture.calling("a/two");
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        assertThat(fixture.session.state()).isInstanceOf(McpState.Starting.class);
        assertThat(process.unexpected()).isEmpty();
        process.reply(initialize, initialized("2025-11-25", ALL));
        process.expect("notifications/initialized");
        process.reply(process.expect("a/one"), "{\"n\":1}");
        process.reply(process.expect("a/two"), "{\"n\":2}");
        assertThat(soon(first).result()).hasToString("{\"n\":1}");
        assertThat(soon(second).result()).hasToString("{\"n\":2}");
        assertThat(fixture.session.state()).isInstanceOf(McpState.Ready.class);
      }
    }

    @Test
    void hundredFirstCalls_makeOneProcessAndOneInitialize() throws Exception {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CountDownLatch go = new CountDownLatch(1);
        List<CompletableFuture<McpResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          calls.add(
              later(
                  () -> {
                    go.await();
                    return fixture.session.call(McpRequest.of("a/call"));
                  }));
        }
        go.countDown();
        FakeProcess process = greet(fixture.server.process());
        for (int i = 0; i < 100; i++) {
          process.reply(process.expect("a/call"), "{}");
        }
        calls.forEach(call -> assertThat(soon(call).isError()).isFalse());
        assertThat(fixture.server.starts()).isOne();
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void initializeError_failsAllThatWaitWithItAndTheNextCallStartsAnew() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> first = fixture.calling("a/one");
        CompletableFuture<McpResponse> second = fixture.calling("a/two");
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("initialize"), -32603, "no licence");
        for (CompletableFuture<McpResponse> call : List.of(first, second)) {
          SandboxException failure = failure(call);
          assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
          assertThat(failure).hasMessageContaining("no licence").hasMessageContaining("a/");
        }
        fixture.works(fixture.ready());
        assertThat(fixture.server.starts()).isEqualTo(2);
      }
    }

    @Test
    void initializeTimeout_killsTheProcessAndCancelsNothing() {
      try (SessionFixture fixture =
          SessionFixture.legacy(b -> b.startupTimeout(Duration.ofMillis(200)))) {
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        FakeProcess process = fixture.server.process();
        process.ignoreEof().ignoreTerm();
        process.expect("initialize");
        SandboxException failure = failure(call);
        assertThat(failure.code()).isEqualTo(Code.TIMEOUT);
        assertThat(failure).hasMessageContaining("initialize");
        fixture.session.close();
        assertThat(process.events()).contains("kill");
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
    void olderRevision_isAccepted(String revision) {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        greet(fixture.server.process(), revision, "{}");
        assertThat(soon(server).revision()).hasToString(revision);
        assertThat(soon(server).era()).isEqualTo(McpEra.LEGACY);
        assertThat(soon(server).instructions()).contains("be kind");
        assertThat(soon(server).info().map(McpImplementation::name)).contains("fake");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1999-01-01", "2026-07-28", ""})
    void unknownRevision_closesTheProcessAndNamesTheRevisions(String revision) {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.reply(process.expect("initialize"), initialized(revision, "{}"));
        SandboxException failure = failure(server);
        assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED);
        assertThat(failure).hasMessageContaining(revision).hasMessageContaining("2025-11-25");
        fixture.session.close();
        assertThat(process.events()).isNotEmpty();
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void newestRevision_isAskedForWithCapabilitiesAndName() {
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.roots(McpRoot.of("file:///a")))) {
        var unused = later(fixture.session::connect);
        Json initialize = fixture.server.process().expect("initialize");
        assertThat(initialize.string("/params/protocolVersion")).contains("2025-11-25");
        assertThat(initialize.at("/params/capabilities"))
            .contains(Json.parse("{\"roots\":{\"listChanged\":true}}"));
        assertThat(initialize.string("/params/clientInfo/name")).contains("warren");
      }
    }

    @Test
    void pingLoggingAndListChanged_beforeTheInitializeAnswer_areServed() throws Exception {
      var heard = new java.util.concurrent.LinkedBlockingQueue<String>();
      McpListener listener =
          new McpListener() {
            @Override
            public void notification(McpNotification notification) {
              heard.add(notification.method());
            }
          };
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.listener(listener))) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        process.send("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"ping\"}");
        assertThat(process.expect()).contains("\"id\":0").contains("\"result\":{}");
        process.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":"
                + "{\"level\":\"info\",\"data\":\"hello\"}}");
        process.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
        process.reply(initialize, initialized("2025-11-25", ALL));
        soon(server);
        assertThat(heard.poll(20, java.util.concurrent.TimeUnit.SECONDS))
            .isEqualTo("notifications/message");
        assertThat(heard.poll(20, java.util.concurrent.TimeUnit.SECONDS))
            .isEqualTo("notifications/tools/list_changed");
      }
    }

    @Test
    void batch_isTakenUnder2025_03_26Only() {
      for (String revision : List.of("2025-03-26", "2025-11-25")) {
        try (SessionFixture fixture = SessionFixture.legacy()) {
          CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
          FakeProcess process = greet(fixture.server.process(), revision, "{}");
          soon(server);
          CompletableFuture<McpResponse> call = fixture.calling("a/call");
          String id = process.expect("a/call").at("/id").orElseThrow().toString();
          process.send("[{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{}}]");
          process.flushed();
          if (revision.equals("2025-03-26")) {
            assertThat(soon(call).isError()).isFalse();
          } else {
            fixture.works(process);
            assertThat(call).isNotDone();
            assertThat(fixture.session.counters().junkLines()).isOne();
          }
        }
      }
    }

    @Test
    void startThatFails_isTheErrorOfTheCall() {
      StdioTransport broken =
          receiver -> {
            throw SandboxException.of(Code.NOT_FOUND, "start", "server").build();
          };
      try (McpSession session = McpSession.builder(broken).build()) {
        assertThat(failure(() -> session.callTool("echo")).code()).isEqualTo(Code.NOT_FOUND);
        assertThat(session.state()).isInstanceOf(McpState.New.class);
      }
    }

    @Test
    void callerWhoseTimeIsUp_doesNotWaitForTheHandshake() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> call =
            fixture.session.callAsync(McpRequest.of("a/call").withTimeout(Duration.ofMillis(100)));
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        assertThat(failure(call).code()).isEqualTo(Code.TIMEOUT);
        process.reply(initialize, initialized("2025-11-25", ALL));
        process.expect("notifications/initialized");
        fixture.works(process); // and the call that timed out was never sent
      }
    }
  }

  @Nested
  class Explicit {
    private static final McpRequest INITIALIZE =
        McpRequest.of(
            "initialize",
            Map.of(
                "protocolVersion",
                "2025-06-18",
                "capabilities",
                Map.of("sampling", Map.of(), "experimental", Map.of("x", Map.of())),
                "clientInfo",
                Map.of("name", "mine", "version", "7")));

    @Test
    void initializeOfTheCaller_makesTheHandshakeWithItsParameters() {
      try (SessionFixture fixture = SessionFixture.auto(b -> b)) {
        CompletableFuture<McpResponse> answer =
            fixture.session.callAsync(INITIALIZE.withId(Json.of("mine-1")));
        FakeProcess process = fixture.server.process();
        Json seen = process.expect("initialize");
        assertThat(seen.string("/params/clientInfo/name")).contains("mine");
        assertThat(seen.at("/params/capabilities"))
            .as("what nobody here can handle is not declared")
            .contains(Json.parse("{\"experimental\":{\"x\":{}}}"));
        process.reply(seen, initialized("2025-06-18", ALL));
        process.expect("notifications/initialized");
        assertThat(soon(answer).envelope().string("/id")).contains("mine-1");
        assertThat(soon(answer).result().string("/protocolVersion")).contains("2025-06-18");

        fixture.session.notify("notifications/initialized");
        assertThat(soon(fixture.session.callAsync(INITIALIZE)).result())
            .as("answered from memory")
            .isEqualTo(soon(answer).result());
        fixture.works(process);
        assertThat(fixture.server.starts()).isOne();
      }
    }

    @Test
    void initializeOfTheCaller_whileTheHandshakeRuns_isNotDoubled() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> call = fixture.calling("a/call");
        FakeProcess process = fixture.server.process();
        Json initialize = process.expect("initialize");
        CompletableFuture<McpResponse> own = fixture.session.callAsync(INITIALIZE);
        process.reply(initialize, initialized("2025-11-25", ALL));
        process.expect("notifications/initialized");
        process.reply(process.expect("a/call"), "{}");
        assertThat(soon(own).result().string("/protocolVersion")).contains("2025-11-25");
        assertThat(soon(call).isError()).isFalse();
      }
    }

    @Test
    void refusalOfTheServer_isTheAnswer() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpResponse> own = fixture.session.callAsync(INITIALIZE);
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("initialize"), -32000, "not you");
        assertThat(soon(own).error().orElseThrow().message()).isEqualTo("not you");
      }
    }
  }

  @Nested
  class Capabilities {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "tools/list",
          "tools/call",
          "prompts/get",
          "resources/read",
          "resources/subscribe",
          "completion/complete",
          "logging/setLevel",
          "tasks/list",
          "subscriptions/listen"
        })
    void methodThatTheServerHasNotDeclared_failsHereAndIsNotSent(String method) {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = greet(fixture.server.process(), "2025-11-25", "{}");
        soon(server);
        assertThat(failure(fixture.calling(method)).code()).isEqualTo(Code.UNSUPPORTED);
        fixture.works(process);
      }
    }

    @Test
    void subscribeWithoutItsCapability_failsHereAlthoughThereAreResources() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = greet(fixture.server.process(), "2025-11-25", "{\"resources\":{}}");
        soon(server);
        assertThat(failure(() -> fixture.session.subscribeResource("a://b")).code())
            .isEqualTo(Code.UNSUPPORTED);
        assertThat(failure(fixture.calling("resources/subscribe")).code())
            .isEqualTo(Code.UNSUPPORTED);
        fixture.works(process);
      }
    }

    @Test
    void uncheckedCapabilities_letEverythingThrough() {
      try (SessionFixture fixture = SessionFixture.legacy(b -> b.checkCapabilities(false))) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = greet(fixture.server.process(), "2025-11-25", "{}");
        soon(server);
        CompletableFuture<McpResponse> call = fixture.calling("tools/list");
        process.replyError(process.expect("tools/list"), -32601, "Method not found");
        assertThat(soon(call).error().orElseThrow().code()).isEqualTo(-32601);
      }
    }

    @Test
    void whatHasNoHandler_isNotDeclared() {
      try (SessionFixture fixture = SessionFixture.legacy()) {
        var unused = later(fixture.session::connect);
        Json initialize = fixture.server.process().expect("initialize");
        assertThat(initialize.at("/params/capabilities")).contains(Json.EMPTY_OBJECT);
      }
    }
  }
}

package dev.warren.mcp;

import static dev.warren.mcp.SessionFixture.ALL;
import static dev.warren.mcp.SessionFixture.discovered;
import static dev.warren.mcp.SessionFixture.failure;
import static dev.warren.mcp.SessionFixture.greet;
import static dev.warren.mcp.SessionFixture.initialized;
import static dev.warren.mcp.SessionFixture.later;
import static dev.warren.mcp.SessionFixture.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.testing.FakeProcess;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the era is found out: rows 28 and 29. */
class McpSessionEraTest {
  @Nested
  class Era {
    private final McpEraCache cache = McpEraCache.inMemory();

    private SessionFixture auto() {
      return SessionFixture.auto(b -> b.eraCache(cache, "s").probeTimeout(Duration.ofSeconds(10)));
    }

    private void expectLegacy(CompletableFuture<McpServerDescription> server) {
      assertThat(soon(server).era()).isEqualTo(McpEra.LEGACY);
      assertThat(cache.find("s")).contains(McpEra.LEGACY);
    }

    @Test
    void discoverAnswered_isModern() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        Json discover = process.expect("server/discover");
        assertThat(discover.string("/params/_meta/io.modelcontextprotocol~1protocolVersion"))
            .contains("2026-07-28");
        process.reply(discover, discovered(ALL));
        assertThat(soon(server).era()).isEqualTo(McpEra.MODERN);
        assertThat(soon(server).info().map(McpImplementation::version)).contains("2");
        assertThat(cache.find("s")).contains(McpEra.MODERN);
        fixture.works(process);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {-32601, -32602, -32600, -32000, 7})
    void discoverRefused_isLegacyOnTheSameProcess(int code) {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("server/discover"), code, "what?");
        greet(process);
        expectLegacy(server);
        assertThat(fixture.server.starts()).isOne();
      }
    }

    @Test
    void resultWithoutVersions_isNoDiscovery() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.reply(process.expect("server/discover"), "{}");
        greet(process);
        expectLegacy(server);
      }
    }

    @Test
    void silence_isLegacyAfterTheProbeTimeAndALateAnswerIsHarmless() {
      try (SessionFixture fixture =
          SessionFixture.auto(b -> b.eraCache(cache, "s").probeTimeout(Duration.ofMillis(100)))) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        Json discover = process.expect("server/discover");
        Json initialize = process.expect("initialize");
        assertThat(initialize.at("/id")).isNotEqualTo(discover.at("/id"));
        process.reply(discover, discovered("{}"));
        process.reply(initialize, initialized("2025-11-25", ALL));
        process.expect("notifications/initialized");
        expectLegacy(server);
        fixture.works(process);
        assertThat(fixture.session.counters().strayAnswers()).isOne();
      }
    }

    @Test
    void versionRefusedWithLegacyOnesOnly_makesTheHandshake() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        refuseVersion(process, process.expect("server/discover"), "\"2030-01-01\",\"2025-11-25\"");
        greet(process);
        expectLegacy(server);
      }
    }

    @Test
    void versionRefusedWithoutACommonOne_failsAndNeverInitializes() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        refuseVersion(process, process.expect("server/discover"), "\"2030-01-01\"");
        SandboxException failure = failure(server);
        assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED);
        assertThat(failure).hasMessageContaining("2030-01-01").hasMessageContaining("2026-07-28");
        fixture.session.close();
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {-32020, -32021})
    void otherErrorsOfTheModernEra_areNoReasonForAHandshake(int code) {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("server/discover"), code, "more, please");
        assertThat(failure(server)).hasMessageContaining("more, please");
        fixture.session.close();
        assertThat(process.unexpected()).isEmpty();
      }
    }

    @Test
    void processThatEndsOverTheQuestion_isStartedAgainAndNeverAsked() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess first = fixture.server.process();
        first.expect("server/discover");
        first.exit(1);
        greet(fixture.server.process());
        expectLegacy(server);
        assertThat(fixture.server.starts()).isEqualTo(2);
      }
    }

    @Test
    void processThatAnswersTheQuestionAndEnds_isStartedAgainAndNeverAsked() {
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess first = fixture.server.process();
        first.replyError(first.expect("server/discover"), -32600, "initialize first");
        first.exit(1);
        greet(fixture.server.process());
        expectLegacy(server);
      }
    }

    @Test
    void oneStartOnly_stillAllowsTheSecondProcessThatTheQuestionMadeNecessary() {
      try (SessionFixture fixture = SessionFixture.auto(b -> b.restart(McpRestartPolicy.never()))) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess first = fixture.server.process();
        first.expect("server/discover");
        first.exit(1);
        greet(fixture.server.process());
        assertThat(soon(server).era()).isEqualTo(McpEra.LEGACY);
      }
    }

    @Test
    void rememberedLegacy_isNotAsked() {
      cache.remember("s", McpEra.LEGACY);
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        greet(fixture.server.process());
        expectLegacy(server);
      }
    }

    @Test
    void rememberedLegacyThatIsModernNow_isAskedAgain() {
      cache.remember("s", McpEra.LEGACY);
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        refuseVersion(process, process.expect("initialize"), "\"2026-07-28\"");
        process.reply(process.expect("server/discover"), discovered("{}"));
        assertThat(soon(server).era()).isEqualTo(McpEra.MODERN);
        assertThat(cache.find("s")).contains(McpEra.MODERN);
      }
    }

    @Test
    void rememberedModernThatIsLegacyNow_isCorrected() {
      cache.remember("s", McpEra.MODERN);
      try (SessionFixture fixture = auto()) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("server/discover"), -32601, "Method not found");
        greet(process);
        expectLegacy(server);
      }
    }

    @Test
    void modernServerThatStartsSlowly_isFoundAfterAll() {
      try (SessionFixture fixture =
          SessionFixture.auto(b -> b.eraCache(cache, "s").probeTimeout(Duration.ofMillis(50)))) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.expect("server/discover");
        process.replyError(process.expect("initialize"), -32602, "no _meta");
        process.reply(process.expect("server/discover"), discovered("{}"));
        assertThat(soon(server).era()).isEqualTo(McpEra.MODERN);
      }
    }

    @Test
    void modernOnly_refusesALegacyServer() {
      try (SessionFixture fixture = SessionFixture.modern(b -> b)) {
        CompletableFuture<McpServerDescription> server = later(fixture.session::connect);
        FakeProcess process = fixture.server.process();
        process.replyError(process.expect("server/discover"), -32601, "Method not found");
        assertThat(failure(server).code()).isEqualTo(Code.UNSUPPORTED);
      }
    }

    private void refuseVersion(FakeProcess process, Json request, String supported) {
      process.send(
          "{\"jsonrpc\":\"2.0\",\"id\":"
              + request.at("/id").orElseThrow()
              + ",\"error\":{\"code\":-32022,\"message\":\"Unsupported protocol version\","
              + "\"data\":{\"supported\":["
              + supported
              + "]}}}");
    }
  }
}

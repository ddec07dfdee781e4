package dev.warren.mcp.http;

import static dev.warren.mcp.http.HttpHarness.headers;
import static dev.warren.mcp.http.HttpHarness.modern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.Json;
import dev.warren.mcp.http.HttpHarness.Events;
import dev.warren.testsupport.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients of revision 2026-07-28 in front of servers that are unlike the usual ones. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModernServerTest {
  private static final String ID = "io.modelcontextprotocol/subscriptionId";

  private HttpHarness http;

  @AfterEach
  void stop() {
    http.close();
  }

  private ScriptedServer serve(ScriptedServer.Script script) {
    ScriptedServer server = new ScriptedServer(script);
    http =
        new HttpHarness(
            settings ->
                settings.keepAlive(Duration.ofMillis(100)).openAfter(Duration.ofMillis(100)),
            server);
    return server;
  }

  private static String id(Json message) {
    return message.at("/id").map(Json::toString).orElse("null");
  }

  private static void modernServer(Json message, ScriptedServer.Output output) {
    String id = id(message);
    switch (message.string("/method").orElse("")) {
      case "server/discover" ->
          output.line(
              "{\"id\":%s,\"jsonrpc\":\"2.0\",\"result\":{\"resultType\":\"complete\",\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{},\"ttlMs\":5,\"cacheScope\":\"public\"}}"
                  .formatted(id));
      case "tools/call" ->
          output.line(
              "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"resultType\":\"input_required\",\"requestState\":\"own\",\"seen\":%s}}"
                  .formatted(id, message.at("/params").orElseThrow()));
      case "subscriptions/listen" -> {
        output.line(note("notifications/subscriptions/acknowledged", id));
        output.line(note("notifications/tools/list_changed", "999"));
        output.line(note("notifications/tools/list_changed", id));
      }
      default -> {}
    }
  }

  private static String note(String method, String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":{\"_meta\":{\"%s\":%s}}}"
        .formatted(method, ID, id);
  }

  @Test
  void modernServer_isPassedThrough_withItsOwnStateAndHints() throws Exception {
    ScriptedServer server = serve(ModernServerTest::modernServer);
    String params = "\"name\":\"x\",\"requestState\":\"own\",\"inputResponses\":{\"a\":{}}";

    Json found =
        HttpHarness.json(
            http.post(modern(1, "server/discover", "{}", ""), headers("server/discover", ""))
                .body());
    HttpResponse<String> reply =
        http.post(modern("\"c\"", "tools/call", "{}", params), headers("tools/call", "x"));

    assertThat(found.at("/result/ttlMs")).contains(Json.of(5));
    assertThat(found.string("/result/cacheScope")).contains("public");
    Json call = HttpHarness.json(reply.body());
    assertThat(call.string("/id")).contains("c");
    assertThat(call.string("/result/requestState")).contains("own");
    assertThat(call.at("/result/seen/inputResponses/a")).isPresent();
    assertThat(server.received)
        .noneMatch(m -> m.string("/method").equals(java.util.Optional.of("initialize")));
    assertThat(server.started).hasValue(1);
  }

  @Test
  void modernServersSubscription_bearsTheClientsId_andItsEndIsACancel() throws Exception {
    ScriptedServer server = serve(ModernServerTest::modernServer);
    String request =
        modern(
            "\"sub\"",
            "subscriptions/listen",
            "{}",
            "\"notifications\":{\"toolsListChanged\":true}");

    try (Events events = http.open(request, headers("subscriptions/listen", ""))) {
      Json acknowledged = events.next().orElseThrow();
      Json changed = events.next().orElseThrow();
      assertThat(acknowledged.string("/method"))
          .contains("notifications/subscriptions/acknowledged");
      assertThat(changed.string("/method")).contains("notifications/tools/list_changed");
      assertThat(changed.string("/params/_meta/" + ID.replace("/", "~1"))).contains("sub");
    }

    Await.until(
        () ->
            server.received.stream()
                .anyMatch(
                    m ->
                        m.string("/method").filter("notifications/cancelled"::equals).isPresent()));
  }

  @Test
  void serverThatEndsAtTheDiscovery_isStartedAgain_andNeverAskedAgain() throws Exception {
    ScriptedServer server =
        serve(
            (message, output) -> {
              switch (message.string("/method").orElse("")) {
                case "server/discover" -> output.exit();
                case "initialize" ->
                    output.line(
                        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}}"
                            .formatted(id(message)));
                case "tools/list" ->
                    output.line(
                        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"tools\":[]}}"
                            .formatted(id(message)));
                default -> {}
              }
            });

    for (String abilities : new String[] {"{}", "{\"sampling\":{}}"}) {
      HttpResponse<String> reply =
          http.post(modern(1, "tools/list", abilities, ""), headers("tools/list", ""));
      assertThat(HttpHarness.json(reply.body()).at("/result/tools")).contains(Json.parse("[]"));
    }
    assertThat(server.started).hasValue(3);
  }

  @Test
  void serverThatCannotBeStarted_is502_withoutInternalText() throws Exception {
    http =
        new HttpHarness(
            settings -> settings,
            receiver -> {
              throw dev.warren.SandboxException.of(
                      dev.warren.SandboxException.Code.NOT_FOUND, "start", "/secret/path")
                  .build();
            });

    HttpResponse<String> legacy = http.post(HttpHarness.initialize());
    HttpResponse<String> stateless =
        http.post(modern(1, "tools/list", "{}", ""), headers("tools/list", ""));

    for (HttpResponse<String> reply : java.util.List.of(legacy, stateless)) {
      assertThat(reply.statusCode()).isEqualTo(502);
      assertThat(reply.body()).contains("NOT_FOUND").doesNotContain("secret");
    }
    assertThat(http.endpoint.processCount()).isZero();
  }

  @Test
  void serverThatFloods_leavesMemoryBounded_andItsCallIsAnswered() throws Exception {
    String big = "x".repeat(10_000);
    serve(
        (message, output) -> {
          switch (message.string("/method").orElse("")) {
            case "initialize" ->
                output.line(
                    "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}}"
                        .formatted(id(message)));
            case "tools/call" -> {
              for (int i = 0; i < 20_000; i++) {
                output.line(
                    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":{\"n\":%d,\"big\":\"%s\"}}"
                        .formatted(i, big));
              }
              output.line(
                  "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"content\":[]}}"
                      .formatted(id(message)));
            }
            default -> {}
          }
        });
    String session = http.session();

    HttpResponse<String> reply =
        http.post(HttpHarness.call(1, "flood", "{}"), "Mcp-Session-Id", session);

    assertThat(HttpHarness.json(reply.body()).at("/result")).isPresent();
    try (Events events = http.listen("Mcp-Session-Id", session)) {
      long bytes = 0;
      for (String line = events.line(); !line.equals(":"); line = events.line()) {
        bytes += line.length(); // up to the first comment: the stream is quiet then
      }
      assertThat(bytes)
          .as("of 200 MB, what a client that listens later gets")
          .isBetween(10_000L, 1L << 20);
    }
  }
}

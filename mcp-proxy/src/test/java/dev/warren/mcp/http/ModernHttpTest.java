package dev.warren.mcp.http;

import static dev.warren.mcp.http.HttpHarness.headers;
import static dev.warren.mcp.http.HttpHarness.modern;
import static dev.warren.mcp.http.HttpHarness.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.Json;
import dev.warren.mcp.http.HttpHarness.Events;
import dev.warren.testsupport.Await;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streamable HTTP of revision 2026-07-28 in front of a server that only knows the handshake. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ModernHttpTest {
  private static final String ASKABLE = "{\"elicitation\":{},\"sampling\":{},\"roots\":{}}";

  private HttpHarness http;

  @BeforeEach
  void start() {
    http =
        new HttpHarness(
            settings ->
                settings
                    .openAfter(Duration.ofMillis(200))
                    .keepAlive(Duration.ofMillis(100))
                    .inputTimeout(Duration.ofSeconds(2)));
  }

  @AfterEach
  void stop() {
    http.close();
  }

  private HttpResponse<String> tool(int id, String name, String abilities, String more)
      throws Exception {
    String params = "\"name\":\"" + name + "\"" + (more.isEmpty() ? "" : "," + more);
    return http.post(modern(id, "tools/call", abilities, params), headers("tools/call", name));
  }

  @Test
  void discover_isMadeOfTheHandshake() throws Exception {
    HttpResponse<String> reply =
        http.post(modern(1, "server/discover", "{}", ""), headers("server/discover", ""));

    Json result = HttpHarness.json(reply.body()).at("/result").orElseThrow();
    assertThat(result.at("/supportedVersions")).contains(Json.parse("[\"2026-07-28\"]"));
    assertThat(result.at("/capabilities/tools/listChanged")).contains(Json.of(true));
    assertThat(result.string("/instructions")).contains("Call any tool.");
    assertThat(result.string("/_meta/io.modelcontextprotocol~1serverInfo/name"))
        .contains("warren-everything");
    assertThat(result.string("/resultType")).contains("complete");
  }

  @Test
  void results_sayTheirTypeAndHowLongTheyAreGood() throws Exception {
    Json list =
        HttpHarness.json(
            http.post(modern(1, "tools/list", "{}", ""), headers("tools/list", "")).body());
    Json call = HttpHarness.json(tool(2, "test_simple_text", "{}", "").body());

    assertThat(list.string("/result/resultType")).contains("complete");
    assertThat(list.at("/result/ttlMs")).contains(Json.of(0));
    assertThat(list.string("/result/cacheScope")).contains("private");
    assertThat(call.string("/result/resultType")).contains("complete");
    assertThat(call.at("/result/ttlMs")).isEmpty();
  }

  @Test
  void headersThatDifferFromTheBody_areRefused() throws Exception {
    String body = modern(1, "tools/call", "{}", "\"name\":\"echo\"");

    for (String[] wrong :
        new String[][] {
          headers("tools/list", "echo"),
          headers("tools/call", "other"),
          headers("tools/call", ""),
          {"Mcp-Method", "tools/call", "Mcp-Name", "echo"},
          {"MCP-Protocol-Version", "2026-07-28", "Mcp-Name", "echo"},
          headers("tools/call", "=?base64?!!!?="),
        }) {
      HttpResponse<String> reply = http.post(body, wrong);
      assertThat(reply.statusCode()).isEqualTo(400);
      assertThat(HttpHarness.json(reply.body()).at("/error/code")).contains(Json.of(-32020));
    }
    assertThat(http.fixture.started()).isZero();
  }

  @Test
  void nameInBase64_isTheSameName() throws Exception {
    String name = Base64.getEncoder().encodeToString("echo".getBytes(StandardCharsets.UTF_8));

    HttpResponse<String> reply =
        http.post(
            modern(1, "tools/call", "{}", "\"name\":\"echo\""),
            headers("tools/call", "=?base64?" + name + "?="));

    assertThat(reply.statusCode()).isEqualTo(200);
  }

  @Test
  void unknownVersion_isRefusedWithTheKnownOnes() throws Exception {
    String body = modern(1, "tools/list", "{}", "").replace("\"2026-07-28\"", "\"2031-01-01\"");

    HttpResponse<String> reply =
        http.post(body, "MCP-Protocol-Version", "2031-01-01", "Mcp-Method", "tools/list");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(HttpHarness.json(reply.body()).at("/error/data"))
        .contains(Json.parse("{\"supported\":[\"2026-07-28\"],\"requested\":\"2031-01-01\"}"));
  }

  @Test
  void unknownMethod_is404() throws Exception {
    HttpResponse<String> reply = http.post(modern(1, "no/such", "{}", ""), headers("no/such", ""));

    assertThat(reply.statusCode()).isEqualTo(404);
    assertThat(HttpHarness.json(reply.body()).at("/error/code")).contains(Json.of(-32601));
  }

  @Test
  void question_becomesInputRequired_andTheAnswerGoesOnWithTheSameCall() throws Exception {
    Json asked =
        HttpHarness.json(tool(1, "test_input_required_result_multi_round", ASKABLE, "").body());
    assertThat(asked.string("/result/resultType")).contains("input_required");
    assertThat(asked.string("/result/inputRequests/step1/method")).contains("elicitation/create");
    String first = asked.string("/result/requestState").orElseThrow();

    Json again = HttpHarness.json(retry(2, "step1", "{\"name\":\"Ann\"}", first).body());
    String second = again.string("/result/requestState").orElseThrow();
    assertThat(second).isNotEqualTo(first);
    Json done = HttpHarness.json(retry(3, "step2", "{\"color\":\"red\"}", second).body());

    assertThat(done.at("/id")).contains(Json.of(3));
    assertThat(text(done)).isEqualTo("\"Ann\" likes \"red\"");
    assertThat(retry(4, "step1", "{}", first).statusCode()).as("a used state").isEqualTo(400);
  }

  private HttpResponse<String> retry(int id, String key, String content, String state)
      throws Exception {
    return tool(
        id,
        "test_input_required_result_multi_round",
        ASKABLE,
        "\"requestState\":\"%s\",\"inputResponses\":{\"%s\":{\"action\":\"accept\",\"content\":%s}}"
            .formatted(state, key, content));
  }

  @Test
  void stateOfAnotherPrincipal_isNotValid() throws Exception {
    Json asked =
        HttpHarness.json(tool(1, "test_input_required_result_multi_round", ASKABLE, "").body());
    String state = asked.string("/result/requestState").orElseThrow();
    String body =
        modern(
            2,
            "tools/call",
            ASKABLE,
            "\"name\":\"test_input_required_result_multi_round\",\"requestState\":\"%s\",\"inputResponses\":{}"
                .formatted(state));
    String name = "test_input_required_result_multi_round";

    assertThat(http.post(body, headers("tools/call", name, "X-User", "bob")).statusCode())
        .isEqualTo(400);
    assertThat(http.post(body, headers("tools/call", name, "X-Bot", "bot-2")).statusCode())
        .isEqualTo(400);
    assertThat(retry(3, "step1", "{}", state).statusCode()).isEqualTo(200);
  }

  @Test
  void stateThatIsNotFetched_expires() throws Exception {
    Json asked =
        HttpHarness.json(tool(1, "test_input_required_result_multi_round", ASKABLE, "").body());
    String state = asked.string("/result/requestState").orElseThrow();
    Thread.sleep(2_500);

    assertThat(retry(2, "step1", "{}", state).statusCode()).isEqualTo(400);
  }

  @Test
  void missingAbility_isNamed_with400() throws Exception {
    HttpResponse<String> reply = tool(1, "test_sampling", "{}", "");

    assertThat(reply.statusCode()).isEqualTo(400);
    assertThat(HttpHarness.json(reply.body()).at("/error/code")).contains(Json.of(-32021));
    assertThat(HttpHarness.json(reply.body()).at("/error/data/requiredCapabilities/sampling"))
        .isPresent();
  }

  @Test
  void callsThatMayBeAsked_runAtTheSameTime_andAreToldApart() throws Exception {
    String more = "\"arguments\":{\"prompt\":\"%s\"}";
    CompletableFuture<HttpResponse<String>> first =
        http.postAsync(
            modern(1, "tools/call", ASKABLE, "\"name\":\"test_sampling\"," + more.formatted("a")),
            headers("tools/call", "test_sampling"));
    CompletableFuture<HttpResponse<String>> second =
        http.postAsync(
            modern(2, "tools/call", ASKABLE, "\"name\":\"test_sampling\"," + more.formatted("b")),
            headers("tools/call", "test_sampling"));

    for (var each : java.util.Map.of("a", first, "b", second).entrySet()) {
      assertThat(
              HttpHarness.json(each.getValue().get().body())
                  .string("/result/inputRequests/sample/params/messages/0/content/text"))
          .contains(each.getKey());
    }
  }

  @Test
  void logMessages_comeOnlyToThoseWhoAskedForTheirLevel() throws Exception {
    String quiet =
        http.post(
                modern(1, "tools/call", "{}", "\"name\":\"test_tool_with_logging\""),
                headers("tools/call", "test_tool_with_logging"))
            .body();
    String loud =
        http.post(
                modern(2, "tools/call", "{}", "\"name\":\"test_tool_with_logging\"")
                    .replace(
                        "\"_meta\":{", "\"_meta\":{\"io.modelcontextprotocol/logLevel\":\"info\","),
                headers("tools/call", "test_tool_with_logging"))
            .body();

    assertThat(quiet).doesNotContain("notifications/message");
    assertThat(loud).contains("Tool execution started", "Tool execution completed");
  }

  @Test
  void listen_isAcknowledgedFirst_andLetsThroughWhatWasAskedFor() throws Exception {
    String request =
        modern(
            5,
            "subscriptions/listen",
            "{}",
            "\"notifications\":{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"test://watched-resource\"]}");

    try (Events events = http.open(request, headers("subscriptions/listen", ""))) {
      Json acknowledged = events.next().orElseThrow();
      assertThat(acknowledged.string("/method"))
          .contains("notifications/subscriptions/acknowledged");
      assertThat(acknowledged.at("/params/_meta/io.modelcontextprotocol~1subscriptionId"))
          .contains(Json.of(5));
      tool(6, "test_trigger_prompt_change", "{}", "");
      tool(7, "test_trigger_tool_change", "{}", "");
      tool(8, "touch_watched_resource", "{}", "");
      Json first = events.next().orElseThrow();
      assertThat(first.string("/method")).contains("notifications/tools/list_changed");
      assertThat(first.at("/params/_meta/io.modelcontextprotocol~1subscriptionId"))
          .contains(Json.of(5));
      assertThat(events.next().orElseThrow().string("/params/uri"))
          .contains("test://watched-resource");
    }
  }

  @Test
  void closedStream_cancelsItsCall() throws Exception {
    Events events =
        http.open(
            modern(1, "tools/call", ASKABLE, "\"name\":\"wait\""), headers("tools/call", "wait"));
    events.close();

    // With the call gone its process is free, so that the next such call needs no second one.
    Await.until(
        () -> {
          int before = http.fixture.started();
          tool(2, "test_simple_text", ASKABLE, "");
          return http.fixture.started() == before;
        });
  }

  @Test
  void oneProcess_servesAllThatAPrincipalDoes_andNoOther() throws Exception {
    for (int i = 0; i < 5; i++) {
      tool(i, "test_simple_text", "{}", "");
    }
    assertThat(http.fixture.started()).isEqualTo(1);
    http.post(modern(9, "tools/list", "{}", ""), headers("tools/list", "", "X-User", "bob"));
    assertThat(http.fixture.started()).isEqualTo(2);
  }

  @Test
  void inputThatIsNone_isRefused() throws Exception {
    for (String input : new String[] {"null", "12", "{\"a\":12345}", "[]"}) {
      HttpResponse<String> reply =
          tool(1, "test_input_required_result_elicitation", ASKABLE, "\"inputResponses\":" + input);
      assertThat(reply.statusCode()).as(input).isEqualTo(400);
      assertThat(HttpHarness.json(reply.body()).at("/error/code")).contains(Json.of(-32602));
    }
  }
}

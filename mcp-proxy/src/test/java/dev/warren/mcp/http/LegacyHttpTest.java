package dev.warren.mcp.http;

import static dev.warren.mcp.http.HttpHarness.call;
import static dev.warren.mcp.http.HttpHarness.initialize;
import static dev.warren.mcp.http.HttpHarness.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.Json;
import dev.warren.mcp.http.HttpHarness.Events;
import dev.warren.testsupport.Await;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streamable HTTP of the revisions with a handshake. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LegacyHttpTest {
  private static final String SESSION = "Mcp-Session-Id";

  private HttpHarness http;

  @BeforeEach
  void start() {
    http =
        new HttpHarness(
            settings ->
                settings
                    .openAfter(Duration.ofMillis(200))
                    .keepAlive(Duration.ofMillis(100))
                    .reconnectGrace(Duration.ofMillis(300)));
  }

  @AfterEach
  void stop() {
    http.close();
  }

  @Test
  void initialize_answersWithAnUnguessableSessionId() throws Exception {
    HttpResponse<String> first = http.post(initialize());
    HttpResponse<String> second = http.post(initialize());

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(HttpHarness.json(first.body()).string("/result/serverInfo/name"))
        .contains("warren-everything");
    String id = first.headers().firstValue(SESSION).orElseThrow();
    assertThat(id).matches("[A-Za-z0-9_-]{43}");
    assertThat(second.headers().firstValue(SESSION)).isPresent().get().isNotEqualTo(id);
  }

  @Test
  void eachSession_hasAProcessOfItsOwn() throws Exception {
    http.session();
    http.session();

    assertThat(http.fixture.running()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "\"1\"",
        "0",
        "\"\"",
        "-3",
        "1.0",
        "1e0",
        "9007199254740993",
        "123456789012345678901234567890"
      })
  void ids_comeBackAsTheyWere(String id) throws Exception {
    String session = http.session();

    HttpResponse<String> reply = http.post(call(id, "test_simple_text", "{}"), SESSION, session);

    assertThat(reply.body()).contains("\"id\":" + id + ",");
  }

  @Test
  void unknownMembersAndErrorData_areByteEqualAfterTheRoundTrip() throws Exception {
    String session = http.session();
    String odd = "{\"a\":1.0,\"b\":1e5,\"c\":\"\\u0041 \\ud800 \u2028\",\"d\":[],\"e\":null}";
    String request =
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
            + "\"arguments\":{\"x\":[1,\"a\"]},\"_meta\":{\"echo\":"
            + odd.replace("\\ud800 ", "")
            + "}}}";

    Json reply = HttpHarness.json(http.post(request, SESSION, session).body());

    assertThat(reply.at("/result/structuredContent")).contains(Json.parse("{\"x\":[1,\"a\"]}"));
    assertThat(reply.string("/result/unknownMember")).contains("kept");
    assertThat(reply.string("/result/_meta/echo/c")).contains("A \u2028");
    Json failed =
        HttpHarness.json(
            http.post(
                    "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"resources/read\",\"params\":{\"uri\":\"x:y\"}}",
                    SESSION,
                    session)
                .body());
    assertThat(failed.at("/error"))
        .contains(
            Json.parse(
                "{\"code\":-32002,\"message\":\"Resource not found\",\"data\":{\"uri\":\"x:y\"}}"));
  }

  @Test
  void progress_comesOnTheStreamOfItsCall_withTheClientsToken() throws Exception {
    String session = http.session();
    String request =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":"
            + "\"test_tool_with_progress\",\"_meta\":{\"progressToken\":\"p-1\"}}}";

    try (Events events = http.open(request, SESSION, session)) {
      assertThat(events.response.headers().firstValue("Content-Type"))
          .contains("text/event-stream");
      for (int i = 0; i < 3; i++) {
        Json progress = events.next().orElseThrow();
        assertThat(progress.string("/params/progressToken")).contains("p-1");
        assertThat(progress.at("/params/progress")).contains(Json.of(50 * i));
      }
      assertThat(text(events.next().orElseThrow())).isEqualTo("The tool has run.");
      assertThat(events.next()).isEmpty();
    }
  }

  @Test
  void stream_beginsWithAnEmptyEventThatHasAnId_andSaysWhenToComeBack() throws Exception {
    String session = http.session();

    try (Events events = http.open(call(1, "test_tool_with_logging", "{}"), SESSION, session)) {
      assertThat(events.line()).matches("id: \\d+-0");
      assertThat(events.line()).isEqualTo("retry: 1000");
      assertThat(events.line()).isEqualTo("data: ");
    }
  }

  @Test
  void lostConnection_isNotACancel_andTheClientGoesOnFromItsLastEvent() throws Exception {
    String session = http.session();
    String lastId;
    try (Events events = http.open(call(1, "test_tool_with_logging", "{}"), SESSION, session)) {
      events.next();
      lastId = events.lastId;
    }

    List<Json> rest = new ArrayList<>();
    try (Events again = http.listen(SESSION, session, "Last-Event-ID", lastId)) {
      for (var next = again.next(); next.isPresent(); next = again.next()) {
        rest.add(next.get());
      }
    }

    assertThat(rest).hasSize(3);
    assertThat(rest.get(0).string("/params/data")).contains("Tool processing data");
    assertThat(text(rest.get(2))).isEqualTo("The tool has run.");
  }

  @Test
  void unknownLastEvent_is400() throws Exception {
    String session = http.session();

    for (String id : List.of("9-1", "0-99", "x", "0-", "0--1", "99999999999999999999-1")) {
      try (Events events = http.listen(SESSION, session, "Last-Event-ID", id)) {
        assertThat(events.response.statusCode()).as(id).isEqualTo(400);
      }
    }
  }

  @Test
  void samplingRequest_comesOnTheStreamOfTheCall_andItsAnswerIsPosted() throws Exception {
    String session = http.session();

    try (Events events =
        http.open(call(1, "test_sampling", "{\"prompt\":\"hi\"}"), SESSION, session)) {
      Json asked = events.next().orElseThrow();
      assertThat(asked.string("/method")).contains("sampling/createMessage");
      HttpResponse<String> posted =
          http.post(
              "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{\"content\":{\"type\":\"text\",\"text\":\"yes\"}}}"
                  .formatted(asked.at("/id").orElseThrow()),
              SESSION,
              session);
      assertThat(posted.statusCode()).isEqualTo(202);
      assertThat(posted.body()).isEmpty();
      assertThat(text(events.next().orElseThrow())).isEqualTo("LLM response: yes");
    }
  }

  @Test
  void serversRequest_getsAnErrorAnswer_whenTheClientHasGone() throws Exception {
    String session = http.session();
    String lastId;
    try (Events events =
        http.open(call(1, "test_sampling", "{\"prompt\":\"hi\"}"), SESSION, session)) {
      assertThat(events.next()).isPresent();
      lastId = events.lastId;
    }
    // The tool ends only when its question is answered; its answer is there for a client that
    // comes.
    Thread.sleep(1_000);

    try (Events again = http.listen(SESSION, session, "Last-Event-ID", lastId)) {
      assertThat(again.next().orElseThrow().string("/error/message"))
          .contains("the client answered with an error");
    }
  }

  @Test
  void serversRequest_goesToTheListeningStream_whenTheCallersTakesNone() throws Exception {
    String session = http.session();

    try (Events general = http.listen(SESSION, session)) {
      CompletableFuture<HttpResponse<String>> reply =
          http.postAsync(
              call(1, "test_sampling", "{}"), SESSION, session, "Accept", "application/json");
      Json asked = general.next().orElseThrow();
      http.post(
          "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{}}".formatted(asked.at("/id").orElseThrow()),
          SESSION,
          session);
      assertThat(HttpHarness.json(reply.get().body()).at("/result")).isPresent();
    }
  }

  @Test
  void listChanges_goToTheListeningStream_alsoWhenItIsOpenedLater() throws Exception {
    String session = http.session();
    http.post(call(1, "test_trigger_tool_change", "{}"), SESSION, session);

    try (Events general = http.listen(SESSION, session)) {
      assertThat(general.next().orElseThrow().string("/method"))
          .contains("notifications/tools/list_changed");
    }
  }

  @Test
  void secondListener_takesOverFromTheFirst() throws Exception {
    String session = http.session();
    try (Events first = http.listen(SESSION, session);
        Events second = http.listen(SESSION, session)) {
      http.post(call(1, "test_trigger_tool_change", "{}"), SESSION, session);

      assertThat(second.next().orElseThrow().string("/method"))
          .contains("notifications/tools/list_changed");
      assertThat(first.response.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void cancelledNotification_endsTheCallItNames_andNoOther() throws Exception {
    String session = http.session();
    String other = http.session();
    CompletableFuture<HttpResponse<String>> waiting =
        http.postAsync(call(5, "wait", "{}"), SESSION, session);
    String cancel =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":5}}";

    assertThat(http.post(cancel, SESSION, other).statusCode()).isEqualTo(202);
    Json alive =
        HttpHarness.json(http.post(call(6, "test_simple_text", "{}"), SESSION, session).body());
    assertThat(alive.at("/result")).isPresent();
    assertThat(waiting).isNotDone();
    http.post(cancel, SESSION, session);

    assertThat(waiting.get().body()).doesNotContain("result");
  }

  @Test
  void anIdInUse_isRefused() throws Exception {
    String session = http.session();
    // The call is known to be under way once its stream has begun.
    try (Events waiting = http.open(call(5, "wait", "{}"), SESSION, session)) {
      assertThat(waiting.response.statusCode()).isEqualTo(200);
      HttpResponse<String> second = http.post(call(5, "test_simple_text", "{}"), SESSION, session);
      assertThat(second.statusCode()).isEqualTo(400);
    }
  }

  @Test
  void crash_failsItsCalls_andTheSessionIsUnknownFromThenOn() throws Exception {
    String session = http.session();

    Json reply = HttpHarness.json(http.post(call(1, "crash", "{}"), SESSION, session).body());

    assertThat(reply.at("/error/code")).contains(Json.of(-32603));
    assertThat(reply.string("/error/data/code")).contains("UNAVAILABLE");
    assertThat(http.post(call(2, "echo", "{}"), SESSION, session).statusCode()).isEqualTo(404);
    assertThat(http.endpoint.processCount()).isZero();
  }

  @Test
  void delete_endsTheSessionAndItsProcess() throws Exception {
    String session = http.session();

    assertThat(http.delete(SESSION, session).statusCode()).isEqualTo(204);

    assertThat(http.post(call(1, "echo", "{}"), SESSION, session).statusCode()).isEqualTo(404);
    assertThat(http.delete(SESSION, session).statusCode()).isEqualTo(404);
    Await.until(() -> http.fixture.running() == 0 && http.endpoint.processCount() == 0);
  }

  @Test
  void quietStream_carriesComments() throws Exception {
    String session = http.session();

    try (Events general = http.listen(SESSION, session)) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        lines.add(general.line());
      }
      assertThat(lines).contains(":");
    }
  }

  @Test
  void callThatWaits_becomesAStream() throws Exception {
    String session = http.session();

    try (Events events = http.open(call(1, "wait", "{\"millis\":600}"), SESSION, session)) {
      assertThat(events.response.headers().firstValue("Content-Type"))
          .contains("text/event-stream");
      assertThat(text(events.next().orElseThrow())).isEqualTo("waited");
    }
  }

  @Test
  void fiftyCallsAtOnce_eachGetItsOwnAnswer() throws Exception {
    String session = http.session();
    List<CompletableFuture<HttpResponse<String>>> replies = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      replies.add(http.postAsync(call(i, "echo", "{\"n\":" + i + "}"), SESSION, session));
    }

    for (int i = 0; i < 50; i++) {
      Json reply = HttpHarness.json(replies.get(i).get().body());
      assertThat(reply.at("/id")).contains(Json.of(i));
      assertThat(reply.at("/result/structuredContent/n")).contains(Json.of(i));
    }
  }
}

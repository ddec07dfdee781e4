package dev.warren.mcp.http;

import static dev.warren.mcp.http.HttpHarness.call;
import static dev.warren.mcp.http.HttpHarness.initialize;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.Json;
import dev.warren.mcp.http.HttpHarness.Events;
import dev.warren.testsupport.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint refuses, and what it does under too much. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HttpSafetyTest {
  private static final String SESSION = "Mcp-Session-Id";

  private HttpHarness http;

  @AfterEach
  void stop() {
    http.close();
  }

  private void start(UnaryOperator<McpEndpoint.Builder> settings) {
    http = new HttpHarness(settings);
  }

  private void start() {
    start(UnaryOperator.identity());
  }

  /** Sends bytes; the first line of the reply. */
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.server.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      byte[] head = socket.getInputStream().readNBytes(12);
      return new String(head, StandardCharsets.US_ASCII);
    }
  }

  private static String withHeaders(String... headers) {
    return "POST /mcp HTTP/1.1\r\n"
        + String.join("\r\n", headers)
        + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        ""
      })
  void unknownHost_is403(String host) throws Exception {
    start();

    assertThat(raw(withHeaders("Host: " + host))).endsWith("403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "https://app.example.evil",
        "file://"
      })
  void unknownOrigin_is403(String origin) throws Exception {
    start(settings -> settings.allowOrigin("https://app.example"));

    assertThat(http.post(initialize(), "Origin", origin).statusCode()).isEqualTo(403);
    assertThat(http.fixture.started()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:1234",
        "http://127.0.0.1",
        "http://[::1]:8",
        "https://app.example"
      })
  void knownOrigin_isTaken(String origin) throws Exception {
    start(settings -> settings.allowOrigin("https://app.example"));

    assertThat(http.post(initialize(), "Origin", origin).statusCode()).isEqualTo(200);
  }

  @Test
  void ownHost_isTaken() throws Exception {
    start(settings -> settings.allowHost("mcp.example"));

    assertThat(raw(withHeaders("Host: MCP.example:8443"))).endsWith("400");
    assertThat(raw(withHeaders("Host: mcp.example"))).endsWith("400");
  }

  @Test
  void gate_decidesFirst() throws Exception {
    start();

    HttpResponse<String> nobody = http.post("not even JSON", "X-User", "nobody");
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(http.post(initialize(), "X-User", "banned").statusCode()).isEqualTo(403);
    assertThat(http.fixture.started()).isZero();
  }

  @Test
  void sessionOfAnother_doesNotExist() throws Exception {
    start();
    String session = http.session();

    for (String[] stranger :
        new String[][] {
          {"X-User", "bob", SESSION, session}, {"X-Bot", "bot-2", SESSION, session}
        }) {
      assertThat(http.post(call(1, "echo", "{}"), stranger).statusCode()).isEqualTo(404);
      assertThat(http.delete(stranger).statusCode()).isEqualTo(404);
      try (Events events = http.listen(stranger)) {
        assertThat(events.response.statusCode()).isEqualTo(404);
      }
    }
    assertThat(http.post(call(1, "echo", "{}"), SESSION, session).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | 400 | -32600",
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}] | 400 | -32600",
        "nonsense | 400 | -32700",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\" | 400 | -32700",
        "{\"id\":1,\"method\":\"ping\"} | 400 | -32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"} | 400 | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"} | 400 | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"} | 400 | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"} | 400 | -32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1} | 400 | -32600",
      })
  void badMessage_isRefused(String body, int status, int code) throws Exception {
    start();
    String session = http.session();

    HttpResponse<String> reply = http.post(body, SESSION, session);

    assertThat(reply.statusCode()).isEqualTo(status);
    assertThat(HttpHarness.json(reply.body()).at("/error/code")).contains(Json.of(code));
  }

  @Test
  void deepNesting_isRefused() throws Exception {
    start();
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    HttpResponse<String> reply =
        http.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":" + deep + "}");

    assertThat(reply.statusCode()).isEqualTo(400);
  }

  @Test
  void missingSession_is400_unknownIs404() throws Exception {
    start();

    assertThat(http.post(call(1, "echo", "{}")).statusCode()).isEqualTo(400);
    assertThat(http.post(call(1, "echo", "{}"), SESSION, "guess").statusCode()).isEqualTo(404);
    assertThat(http.delete().statusCode()).isEqualTo(400);
  }

  @Test
  void unknownVersionHeader_is400() throws Exception {
    start();
    String session = http.session();

    assertThat(
            http.post(call(1, "echo", "{}"), SESSION, session, "MCP-Protocol-Version", "1999-01-01")
                .statusCode())
        .isEqualTo(400);
    assertThat(
            http.post(call(1, "echo", "{}"), SESSION, session, "MCP-Protocol-Version", "2025-06-18")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void mediaTypes_areChecked() throws Exception {
    start();

    assertThat(http.post(initialize(), "Accept", "text/html").statusCode()).isEqualTo(406);
    assertThat(http.post(initialize(), "Accept", "application/json;q=0").statusCode())
        .isEqualTo(406);
    assertThat(http.post(initialize(), "Content-Type", "text/plain").statusCode()).isEqualTo(415);
    String session = http.session();
    try (Events events = http.listen(SESSION, session, "Accept", "application/json")) {
      assertThat(events.response.statusCode()).isEqualTo(406);
    }
  }

  @Test
  void otherMethods_are405() throws Exception {
    start();

    assertThat(raw("PUT /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"))
        .endsWith("405");
  }

  @Test
  void bodyAboveTheLimit_is413_withoutBeingRead() throws Exception {
    start(settings -> settings.maxBodyBytes(2_000));

    assertThat(http.post("{\"x\":\"" + "y".repeat(2_000) + "\"}").statusCode()).isEqualTo(413);
    String head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    assertThat(raw(head + "Content-Length: 999999999999\r\n\r\n")).endsWith("413");
    String chunk = String.join("\r\n", "FA0", "x".repeat(4_000), "0", "", "");
    assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk)).endsWith("413");
  }

  @Test
  void floodOfSessions_staysWithinTheLimit_andOthersAreServed() throws Exception {
    start(settings -> settings.maxProcesses(12, 4));
    List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      flood.add(http.postAsync(initialize(), "X-User", "mallory"));
    }
    for (CompletableFuture<HttpResponse<String>> each : flood) {
      assertThat(each.get().statusCode()).isIn(200, 503);
      assertThat(http.endpoint.processCount()).isLessThanOrEqualTo(12);
    }

    assertThat(http.post(initialize(), "X-User", "bob").statusCode()).isEqualTo(200);
    Await.until(() -> http.endpoint.sessionCount() <= 5);
  }

  @Test
  void floodOfCalls_is429_andTheirSessionGoesOn() throws Exception {
    start(settings -> settings.maxCalls(3));
    String session = http.session();
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(http.postAsync(call(i, "wait", "{}"), SESSION, session));
    }
    Await.until(() -> calls.stream().anyMatch(CompletableFuture::isDone));
    int refused = 0;
    while (!calls.get(refused).isDone()) {
      refused++;
    }
    assertThat(calls.get(refused).get().statusCode()).isEqualTo(429);
    int other = (refused + 1) % 4;
    http.post(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%d}}"
            .formatted(other),
        SESSION,
        session);
    Await.until(
        () -> http.post(call(11, "test_simple_text", "{}"), SESSION, session).statusCode() == 200);
  }

  @Test
  void tooManyExchanges_are503_andRecover() throws Exception {
    start(settings -> settings.maxExchanges(2).keepAlive(Duration.ofMillis(50)));
    String session = http.session();
    String second = http.session();
    try (Events one = http.listen(SESSION, session);
        Events two = http.listen(SESSION, second)) {
      assertThat(one.response.statusCode()).isEqualTo(200);
      assertThat(two.response.statusCode()).isEqualTo(200);
      assertThat(http.post(call(1, "echo", "{}"), SESSION, session).statusCode()).isEqualTo(503);
    }
    Await.until(() -> http.post(call(2, "echo", "{}"), SESSION, session).statusCode() == 200);
  }

  @Test
  void manyQuietStreams_doNotStarveRequests() throws Exception {
    start(settings -> settings.maxProcesses(100, 100));
    List<Events> streams = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      streams.add(http.listen(SESSION, http.session()));
    }
    String session = http.session();

    assertThat(http.post(call(1, "echo", "{}"), SESSION, session).statusCode()).isEqualTo(200);
    for (Events each : streams) {
      each.close();
    }
  }

  @Test
  void clientThatSendsNothing_isCut_andOthersAreServed() throws Exception {
    start(settings -> settings.stall(Duration.ofMillis(300)));
    String head =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 100\r\n\r\n{";
    List<Socket> slow = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.server.port());
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      slow.add(socket);
    }

    assertThat(http.post(initialize()).statusCode()).isEqualTo(200);
    for (Socket socket : slow) {
      socket.setSoTimeout(20_000);
      assertThat(closed(socket)).isTrue();
      socket.close();
    }
  }

  private static boolean closed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketException reset) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void idleSession_ends_andABusyOneDoesNot() throws Exception {
    start(settings -> settings.idle(Duration.ofMillis(400)));
    String idle = http.session();
    String busy = http.session();

    try (Events events = http.listen(SESSION, busy)) {
      assertThat(events.response.statusCode()).isEqualTo(200);
      Await.until(() -> http.endpoint.sessionCount() == 1);
      assertThat(http.post(call(1, "echo", "{}"), SESSION, idle).statusCode()).isEqualTo(404);
      assertThat(http.post(call(1, "echo", "{}"), SESSION, busy).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void close_endsAllServers() throws Exception {
    start();
    http.session();
    http.session();

    http.close();

    Await.until(() -> http.fixture.running() == 0);
  }
}

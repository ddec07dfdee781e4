package dev.warren.mcp.http;

import dev.warren.mcp.Json;
import dev.warren.mcp.channel.StdioTransport;
import dev.warren.mcp.fixture.InProcessServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** An endpoint on a port of its own, and a client of it that does nothing by itself. */
public final class HttpHarness implements AutoCloseable {
  static final String MODERN = "2026-07-28";

  final InProcessServer fixture = new InProcessServer();
  final McpEndpoint endpoint;
  final McpHttpServer server;
  private final StdioTransport transport;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Who asks and for which bot stands in headers, as a real gate would read it from a token. */
  private McpAccess check(McpHttpExchange request) {
    Optional<String> user = request.header("X-User");
    if (user.filter("nobody"::equals).isPresent()) {
      return McpAccess.unauthorized("Bearer");
    }
    if (user.filter("banned"::equals).isPresent()) {
      return McpAccess.forbidden();
    }
    return new McpAccess.Granted(
        user.orElse("alice"), request.header("X-Bot").orElse("bot-1") + "/everything", transport);
  }

  HttpHarness(UnaryOperator<McpEndpoint.Builder> settings, StdioTransport transport) {
    this.transport = transport;
    endpoint = settings.apply(McpEndpoint.builder(this::check)).build();
    server = McpHttpServer.start(endpoint, 0, "/mcp");
  }

  HttpHarness(UnaryOperator<McpEndpoint.Builder> settings) {
    this.transport = fixture;
    endpoint = settings.apply(McpEndpoint.builder(this::check)).build();
    server = McpHttpServer.start(endpoint, 0, "/mcp");
  }

  HttpHarness() {
    this(UnaryOperator.identity());
  }

  URI uri() {
    return server.uri();
  }

  HttpRequest.Builder request(String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri())
            .timeout(Duration.ofSeconds(20))
            .version(HttpClient.Version.HTTP_1_1);
    List<String> names = Arrays.asList(headers);
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    if (!names.contains("Accept")) {
      request.header("Accept", "application/json, text/event-stream");
    }
    return request;
  }

  HttpResponse<String> post(String body, String... headers) throws Exception {
    return postAsync(body, headers).get();
  }

  CompletableFuture<HttpResponse<String>> postAsync(String body, String... headers) {
    HttpRequest.Builder request = request(headers);
    if (!Arrays.asList(headers).contains("Content-Type")) {
      request.header("Content-Type", "application/json");
    }
    return client.sendAsync(
        request.POST(HttpRequest.BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  /** A POST whose answer is read as it comes. */
  Events open(String body, String... headers) throws Exception {
    HttpRequest request =
        request(headers)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return new Events(client.send(request, BodyHandlers.ofInputStream()));
  }

  Events listen(String... headers) throws Exception {
    return new Events(client.send(request(headers).GET().build(), BodyHandlers.ofInputStream()));
  }

  HttpResponse<String> delete(String... headers) throws Exception {
    return client.send(request(headers).DELETE().build(), BodyHandlers.ofString());
  }

  /** Makes a session; its id. */
  String session(String... headers) throws Exception {
    HttpResponse<String> reply = post(initialize(), headers);
    String id = reply.headers().firstValue("Mcp-Session-Id").orElseThrow();
    List<String> more = new ArrayList<>(Arrays.asList(headers));
    more.addAll(List.of("Mcp-Session-Id", id));
    post(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        more.toArray(String[]::new));
    return id;
  }

  public static String initialize() {
    return """
        {"jsonrpc":"2.0","id":"init","method":"initialize","params":{
          "protocolVersion":"2025-11-25","clientInfo":{"name":"test","version":"1"},
          "capabilities":{"sampling":{},"elicitation":{},"roots":{}}}}""";
  }

  public static String call(Object id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
        .formatted(id, tool, arguments);
  }

  /** A call of the revision without sessions; {@code more} are further members of params. */
  static String modern(Object id, String method, String capabilities, String more) {
    return ("{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":{%s\"_meta\":{"
            + "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
            + "\"io.modelcontextprotocol/clientCapabilities\":%s}}}")
        .formatted(id, method, more.isEmpty() ? "" : more + ",", capabilities);
  }

  static String[] headers(String method, String name, String... more) {
    List<String> all =
        new ArrayList<>(List.of("MCP-Protocol-Version", MODERN, "Mcp-Method", method));
    if (!name.isEmpty()) {
      all.addAll(List.of("Mcp-Name", name));
    }
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  /** The last message of a reply, be it plain or a stream. */
  static Json json(String body) {
    int event = body.lastIndexOf("data: {");
    return Json.parse(event < 0 ? body : body.substring(event + 6).strip());
  }

  /** The tool's answer as text. */
  public static String text(Json message) {
    return message.string("/result/content/0/text").orElseThrow(() -> new AssertionError(message));
  }

  @Override
  public void close() {
    server.close();
  }

  /** The events of a stream. */
  static final class Events implements AutoCloseable {
    final HttpResponse<InputStream> response;
    private final BufferedReader reader;
    String lastId = "";

    Events(HttpResponse<InputStream> response) {
      this.response = response;
      this.reader =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next message; empty at the end of the stream. */
    Optional<Json> next() throws IOException {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: {")) {
          return Optional.of(Json.parse(line.substring(6)));
        }
      }
      return Optional.empty();
    }

    /** The next line, whatever it is. */
    String line() throws IOException {
      return reader.readLine();
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }
}

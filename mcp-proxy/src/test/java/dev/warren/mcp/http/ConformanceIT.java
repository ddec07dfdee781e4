package dev.warren.mcp.http;

import static dev.warren.mcp.http.HttpHarness.headers;
import static dev.warren.mcp.http.HttpHarness.modern;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.mcp.fixture.HttpFixture;
import dev.warren.mcp.http.NodePrograms.Outcome;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official conformance suite, and a client of others, in front of a stdio server of ours. */
@Tag("engine")
@Tag("once")
@Timeout(300)
class ConformanceIT {
  private static final String SUITE = "@modelcontextprotocol/conformance/dist/index.js";

  @TempDir Path work;
  private McpHttpServer server;

  @BeforeEach
  void start() {
    McpEndpoint endpoint = McpEndpoint.builder(McpGate.anyone(HttpFixture.everything())).build();
    server = McpHttpServer.start(endpoint, 0, "/mcp");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void allOf20251125_passes() throws Exception {
    Outcome outcome =
        NodePrograms.installed()
            .run(work, SUITE, "server", "--url", url(), "--requirements", "2025-11-25");

    assertThat(outcome.output()).contains("Total: 80 passed, 0 failed");
    assertThat(outcome.code()).isZero();
  }

  @Test
  void allOf20260728_thatTranslationAllows_passes() throws Exception {
    NodePrograms programs = NodePrograms.installed();
    startServersOfEachAbility();
    Path known = Path.of("src/test/conformance/2026-07-28.yml").toAbsolutePath();

    Outcome outcome =
        programs.run(
            work,
            SUITE,
            "server",
            "--url",
            url(),
            "--requirements",
            "2026-07-28",
            "--expected-failures",
            known.toString());

    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("✓ server-stateless").doesNotContain("✗ input-required");
  }

  @Test
  void inspector_callsATool() throws Exception {
    Outcome outcome =
        NodePrograms.installed()
            .run(
                work,
                "@modelcontextprotocol/inspector/" + inspectorScript(),
                "--cli",
                url(),
                "--transport",
                "http",
                "--method",
                "tools/call",
                "--tool-name",
                "echo",
                "--tool-arg",
                "message=hi");

    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output()).contains("hi");
  }

  /** The suite gives some calls 600 ms, which the start of a JVM can take. */
  private void startServersOfEachAbility() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (String abilities :
        List.of(
            "{}",
            "{\"elicitation\":{}}",
            "{\"sampling\":{}}",
            "{\"sampling\":{},\"elicitation\":{},\"roots\":{\"listChanged\":true}}")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(server.uri());
      String[] all = headers("tools/list", "", "Content-Type", "application/json");
      for (int i = 0; i < all.length; i += 2) {
        request.header(all[i], all[i + 1]);
      }
      String body = modern(1, "tools/list", abilities, "");
      HttpRequest post = request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
      assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.port() + "/mcp";
  }

  private static String inspectorScript() {
    return "clients/launcher/build/index.js";
  }
}

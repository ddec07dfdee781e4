package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.Sandbox;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpEra;
import dev.warren.mcp.McpLimits;
import dev.warren.mcp.McpRoot;
import dev.warren.mcp.McpSession;
import dev.warren.mcp.McpTool;
import dev.warren.mcp.channel.sandbox.SandboxStdio;
import dev.warren.testkit.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The reference server for files, which asks for roots and gives long answers. */
@Tag("engine")
class FilesystemIT extends PeerTestCase {
  private static final int MEGABYTE = 1_000_000;
  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = peers.sandbox();
    sandbox.files().writeString("shared/note.txt", "remember the milk\n");
  }

  private static SandboxStdio server(String... directories) {
    return SandboxStdio.of(sandbox, peers.npm("filesystem", directories));
  }

  private static Map<String, Object> path(String path) {
    return Map.of("path", path);
  }

  @Test
  void rootsList_withTheIdZero_isAnswered_andTheServerWorksInTheRoots() {
    Tap tap = new Tap(server());
    try (McpSession session = session(tap).roots(McpRoot.of("file:///data/shared")).open()) {
      assertThat(session.connect().era()).isEqualTo(McpEra.LEGACY);
      assertThat(session.listTools().stream().map(McpTool::name)).contains("read_text_file");
      Eventually.within(Duration.ofMinutes(1))
          .passes(
              () ->
                  assertThat(session.callTool("list_allowed_directories").text())
                      .contains("/data/shared"));
      assertThat(session.callTool("read_text_file", path("/data/shared/note.txt")).text())
          .isEqualTo("remember the milk\n");
      assertThat(session.callTool("read_text_file", path("/etc/passwd")).isError()).isTrue();
      assertThat(tap.received("roots/list").map(request -> request.at("/id").orElseThrow()))
          .containsExactly(Json.of(0));
      assertThat(tap.answers().map(answer -> answer.at("/id").orElseThrow()))
          .containsExactly(Json.of(0));
    }
  }

  @Test
  void rootsChanged_theServerAsksAgain() {
    var roots = new java.util.concurrent.atomic.AtomicReference<>(McpRoot.of("file:///data"));
    sandbox.files().makeDirectories("later");
    try (McpSession session =
        session(server()).roots(() -> java.util.List.of(roots.get())).open()) {
      Eventually.within(Duration.ofMinutes(1))
          .passes(
              () ->
                  assertThat(session.callTool("list_allowed_directories").text())
                      .endsWith("/data"));
      roots.set(McpRoot.of("file:///data/later"));
      session.rootsChanged();
      Eventually.within(Duration.ofMinutes(1))
          .passes(
              () ->
                  assertThat(session.callTool("list_allowed_directories").text())
                      .endsWith("/data/later"));
    }
  }

  @Test
  void thirtyMegabytes_comeWhole_inTimeThatGrowsWithTheirLength() {
    write("five.txt", 5);
    write("thirty.txt", 30);
    try (McpSession session = session(server("/data")).open()) {
      read(session, "five.txt", 5);
      long five = Math.min(read(session, "five.txt", 5), read(session, "five.txt", 5));
      long thirty = read(session, "thirty.txt", 30);
      // Six times as much; what copies all it has with each piece takes 36 times as long.
      assertThat(thirty).isLessThan(18 * five);
    }
  }

  @Test
  void answerBeyondTheLimit_failsItsCallOnly() {
    write("twelve.txt", 12);
    try (McpSession session =
        session(server("/data"))
            .limits(McpLimits.defaults().withMessageBytes(8 << 20, 1 << 20))
            .open()) {
      var small = session.callToolAsync("read_text_file", path("/data/shared/note.txt"));
      assertThat(failure(() -> session.callTool("read_text_file", path("/data/twelve.txt"))).code())
          .isEqualTo(Code.RESOURCE_EXHAUSTED);
      assertThat(small.join().text()).isEqualTo("remember the milk\n");
      assertThat(session.callTool("read_text_file", path("/data/shared/note.txt")).isError())
          .isFalse();
      assertThat(session.counters().oversizeLines()).isEqualTo(1);
      assertThat(session.counters().starts()).isEqualTo(1);
    }
  }

  private static void write(String name, int megabytes) {
    String script = "head -c " + megabytes * MEGABYTE + " /dev/zero | tr '\\0' a > /data/" + name;
    assertThat(sandbox.exec("/bin/sh", "-c", script).success()).isTrue();
  }

  private static long read(McpSession session, String name, int megabytes) {
    long start = System.nanoTime();
    String text = session.callTool("read_text_file", path("/data/" + name)).text();
    long time = System.nanoTime() - start;
    assertThat(text.length()).isEqualTo(megabytes * MEGABYTE);
    assertThat(text.chars()).allMatch(letter -> letter == 'a');
    return time;
  }
}

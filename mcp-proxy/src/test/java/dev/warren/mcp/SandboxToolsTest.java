package dev.warren.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.StateDirectory;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.process.ProcessRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the real bridge, message by message. */
class SandboxToolsTest {
  @TempDir static Path directory;
  private static BotContainerManager manager;
  private static Sandbox sandbox;

  private final BlockingQueue<Json> answers = new LinkedBlockingQueue<>();
  private final BlockingQueue<ServerExit> ends = new LinkedBlockingQueue<>();
  private StdioChannel channel;
  private int lastId;

  @BeforeAll
  static void start() {
    manager =
        BotContainerManager.builder(ProcessRuntime.open(StateDirectory.at(directory))).build();
    sandbox = manager.start(BotId.of("tools"));
  }

  @AfterAll
  static void stop() {
    manager.delete(BotId.of("tools"));
    manager.close();
  }

  @BeforeEach
  void open() {
    channel = open(() -> sandbox);
  }

  @AfterEach
  void close() throws Exception {
    channel.closeInput();
    assertThat(ends.poll(20, TimeUnit.SECONDS)).isNotNull();
  }

  private StdioChannel open(Supplier<Sandbox> target) {
    return SandboxTools.of(target)
        .start(
            new StdioChannel.Receiver() {
              @Override
              public void stdout(byte[] bytes) {
                answers.add(Json.parse(new String(bytes, StandardCharsets.UTF_8)));
              }

              @Override
              public void longLine(long length, byte[] head, byte[] tail) {}

              @Override
              public void stderr(byte[] bytes) {}

              @Override
              public void ended(ServerExit exit) {
                ends.add(exit);
              }
            });
  }

  private void send(Map<String, Object> members) throws Exception {
    Map<String, Object> message = new LinkedHashMap<>(Map.of("jsonrpc", "2.0"));
    message.putAll(members);
    byte[] line = (Json.of(message) + "\n").getBytes(StandardCharsets.UTF_8);
    channel.write(line, 0, line.length);
  }

  private Json request(String method, Map<String, ?> params) throws Exception {
    lastId++;
    send(Map.of("id", lastId, "method", method, "params", params));
    Json answer = answers.poll(30, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    assertThat(answer.at("/id")).contains(Json.of(lastId));
    return answer;
  }

  private Json call(String tool, Map<String, ?> arguments) throws Exception {
    return request("tools/call", Map.of("name", tool, "arguments", arguments))
        .at("/result")
        .orElseThrow();
  }

  private Json done(String tool, Map<String, ?> arguments) throws Exception {
    Json result = call(tool, arguments);
    assertThat(result.at("/isError")).as(result.toString()).isEmpty();
    return result.at("/structuredContent").orElseThrow();
  }

  private String failure(String tool, Map<String, ?> arguments) throws Exception {
    Json result = call(tool, arguments);
    assertThat(result.at("/isError")).as(result.toString()).contains(Json.of(true));
    return result.string("/content/0/text").orElseThrow();
  }

  @Test
  void listTools_givesTheFiveWithSchemas() throws Exception {
    Json tools = request("tools/list", Map.of()).at("/result/tools").orElseThrow();
    assertThat(tools.elements().stream().map(tool -> tool.string("/name").orElseThrow()))
        .containsExactly("read", "write", "list", "edit", "exec");
    assertThat(tools.elements())
        .allMatch(tool -> tool.string("/inputSchema/type").equals(java.util.Optional.of("object")));
  }

  @Test
  void write_thenRead_isExactToTheLastBlank() throws Exception {
    String content = "  leading\r\n\ttab \u00A0\n\n trailing  \n\n";
    assertThat(done("write", Map.of("path", "deep/er/exact.txt", "content", content)))
        .isEqualTo(Json.of(Map.of("ok", true)));
    assertThat(sandbox.files().readString("deep/er/exact.txt")).isEqualTo(content);
    done("write", Map.of("path", "empty", "content", ""));
    assertThat(sandbox.files().readBytes("empty")).isEmpty();
  }

  @Test
  void read_pages_withNumbersAsDoubles() throws Exception {
    sandbox.files().writeString("pages", "a\nb\nc\nd\ne\n");
    Json page = done("read", Map.of("path", "pages", "line_offset", 3.0, "n_lines", 2.0));
    assertThat(page.string("/content")).contains("c\nd");
    assertThat(page.at("/total_lines")).contains(Json.of(5));
    assertThat(page.at("/more")).contains(Json.of(true));
    assertThat(done("read", Map.of("path", "/data/pages")).string("/content"))
        .contains("a\nb\nc\nd\ne");
  }

  @Test
  void read_moreThan200Lines_isClamped() throws Exception {
    sandbox.files().writeString("many", "x\n".repeat(500));
    Json page = done("read", Map.of("path", "many", "n_lines", 400));
    assertThat(page.at("/lines")).contains(Json.of(200));
  }

  @Test
  void read_badArguments_sayWhich() throws Exception {
    assertThat(failure("read", Map.of())).isEqualTo("path is required");
    assertThat(failure("read", Map.of("path", 7))).isEqualTo("path must be a string");
    sandbox.files().writeString("some", "x");
    assertThat(failure("read", Map.of("path", "some", "line_offset", 0)))
        .isEqualTo("line_offset must be >= 1");
    assertThat(failure("read", Map.of("path", "some", "n_lines", 0)))
        .isEqualTo("n_lines must be >= 1");
    assertThat(failure("read", Map.of("path", "some", "n_lines", 1.5)))
        .isEqualTo("n_lines must be a whole number");
  }

  @Test
  void read_missingOrBinaryFile_isAResultThatSaysSo() throws Exception {
    assertThat(failure("read", Map.of("path", "missing"))).contains("missing");
    sandbox.files().writeBytes("bin", new byte[] {0, 1, 2, 0, 'x'});
    assertThat(failure("read", Map.of("path", "bin"))).contains("binary");
  }

  @Test
  void list_recursive_hasAllEntries_andTheDirectoriesMarked() throws Exception {
    sandbox.files().writeString("tree/a.txt", "1");
    sandbox.files().writeString("tree/sub/b.txt", "22");
    Json listing = done("list", Map.of("path", "tree", "recursive", true));
    assertThat(listing.at("/entries").orElseThrow().elements())
        .extracting(entry -> entry.string("/path").orElseThrow())
        .containsExactly("a.txt", "sub", "sub/b.txt");
    assertThat(listing.at("/entries/1/is_dir")).contains(Json.of(true));
    assertThat(listing.at("/entries/2/size")).contains(Json.of(2));
  }

  @Test
  void list_over1000Entries_goesOnWithTheCursor() throws Exception {
    sandbox.exec("sh", "-c", "mkdir -p big && cd big && seq -w 1 1500 | xargs touch").orThrow();
    Json first = done("list", Map.of("path", "big"));
    assertThat(first.at("/entries").orElseThrow().elements()).hasSize(1000);
    String cursor = first.string("/next_cursor").orElseThrow();
    Json second = done("list", Map.of("path", "big", "cursor", cursor));
    assertThat(second.at("/entries").orElseThrow().elements()).hasSize(500);
    assertThat(second.at("/next_cursor")).isEmpty();
  }

  @Test
  void edit_changesTheOnePlace_orSaysWhyNot() throws Exception {
    sandbox.files().writeString("edited", "keep \nold line\nkeep\n");
    done("edit", Map.of("path", "edited", "old_text", "old line", "new_text", "new line"));
    assertThat(sandbox.files().readString("edited")).isEqualTo("keep \nnew line\nkeep\n");
    assertThat(failure("edit", Map.of("path", "edited", "old_text", "gone", "new_text", "x")))
        .contains("could not find");
    assertThat(failure("edit", Map.of("path", "edited", "old_text", "keep", "new_text", "x")))
        .contains("found 2 occurrences");
    assertThat(sandbox.files().readString("edited")).isEqualTo("keep \nnew line\nkeep\n");
  }

  @Test
  void exec_tellsOutputAndCode_andAFailureIsNoToolError() throws Exception {
    Json good = done("exec", Map.of("command", "pwd; echo err >&2", "work_dir", "/"));
    assertThat(good.string("/stdout")).contains("/\n");
    assertThat(good.string("/stderr")).contains("err\n");
    assertThat(good.at("/exit_code")).contains(Json.of(0));
    assertThat(done("exec", Map.of("command", "no-such-command-here")).at("/exit_code"))
        .contains(Json.of(127));
  }

  @Test
  void exec_thatTakesTooLong_isEndedAndSaysSo() throws Exception {
    Json result = done("exec", Map.of("command", "echo begun; sleep 60", "timeout_seconds", 1));
    assertThat(result.string("/stdout")).contains("begun\n");
    assertThat(result.at("/timed_out")).contains(Json.of(true));
  }

  @Test
  void exec_longOutput_isPruned() throws Exception {
    Json result = done("exec", Map.of("command", "seq 1 100000"));
    assertThat(result.string("/stdout").orElseThrow())
        .startsWith("[pruned]")
        .endsWith("100000\n")
        .hasSizeLessThan(6 << 10);
  }

  @Test
  void unknownToolOrMethod_isAnError() throws Exception {
    assertThat(request("tools/call", Map.of("name", "rm")).at("/error/code"))
        .contains(Json.of(-32602));
    assertThat(request("prompts/list", Map.of()).at("/error/code")).contains(Json.of(-32601));
  }

  @Test
  void unreachableSandbox_isAResultThatSaysSo() throws Exception {
    close();
    channel =
        open(
            () -> {
              throw SandboxException.of(SandboxException.Code.UNAVAILABLE, "start", "bot").build();
            });
    assertThat(failure("exec", Map.of("command", "true"))).contains("not reachable");
  }

  @Test
  void initialize_andDiscover_serveBothEras() throws Exception {
    assertThat(
            request("initialize", Map.of("protocolVersion", "2025-06-18"))
                .string("/result/protocolVersion"))
        .contains("2025-06-18");
    assertThat(
            request("initialize", Map.of("protocolVersion", "1999-01-01"))
                .string("/result/protocolVersion"))
        .contains("2025-11-25");
    String version = "io.modelcontextprotocol/protocolVersion";
    Json modern = request("tools/list", Map.of("_meta", Map.of(version, "2026-07-28")));
    assertThat(modern.string("/result/resultType")).contains("complete");
    Json other = request("tools/list", Map.of("_meta", Map.of(version, "2027-01-01")));
    assertThat(other.at("/error/code")).contains(Json.of(-32022));
    assertThat(other.at("/error/data/supported")).contains(Json.parse("[\"2026-07-28\"]"));
  }

  @Test
  void cancelled_endsTheCommand_withoutAnAnswer() throws Exception {
    send(
        Map.of(
            "id",
            "slow",
            "method",
            "tools/call",
            "params",
            Map.of("name", "exec", "arguments", Map.of("command", "touch began; sleep 30"))));
    while (!sandbox.files().exists("began")) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    send(Map.of("method", "notifications/cancelled", "params", Map.of("requestId", "slow")));
    // The answer to what comes next is the next answer.
    assertThat(request("ping", Map.of()).at("/result")).contains(Json.EMPTY_OBJECT);
  }
}

package dev.warren.mcp.testing;

import dev.warren.mcp.Json;
import dev.warren.mcp.channel.host.HostStdio;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An MCP server with one tool for each way to misbehave. A program of its own, so that its process
 * can really die.
 */
public final class MisbehavingServer {
  private static final OutputStream OUT = System.out;

  private MisbehavingServer() {}

  /** The way to start it. */
  public static HostStdio transport(String... javaOptions) {
    List<String> command = new java.util.ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of(javaOptions));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(MisbehavingServer.class.getName());
    return HostStdio.of(command);
  }

  public static void main(String[] args) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      Json message = Json.parse(line);
      Optional<Json> id = message.at("/id");
      if (id.isPresent() && message.at("/method").isPresent()) {
        serve(id.get(), message);
      }
    }
  }

  private static void serve(Json id, Json request) throws IOException {
    switch (request.string("/method").orElse("")) {
      case "initialize" ->
          result(
              id,
              Map.of(
                  "protocolVersion",
                  request.string("/params/protocolVersion").orElse(""),
                  "capabilities",
                  Map.of("tools", Map.of()),
                  "serverInfo",
                  Map.of("name", "misbehaving", "version", "1")));
      case "ping" -> result(id, Map.of());
      case "tools/list" -> result(id, Map.of("tools", List.of(tool("echo"))));
      case "tools/call" -> call(id, request);
      default ->
          write(
              "{\"jsonrpc\":\"2.0\",\"id\":"
                  + id
                  + ",\"error\":{\"code\":-32601,"
                  + "\"message\":\"Method not found\",\"data\":{\"kept\":1.0}}}\n");
    }
  }

  private static void call(Json id, Json request) throws IOException {
    String text = request.string("/params/arguments/text").orElse("");
    switch (request.string("/params/name").orElse("")) {
      case "echo" -> text(id, text);
      case "junk" -> {
        write("Listening on port 3000\n\n   \n[]\n{\"broken\"\n\u0000\n");
        text(id, text);
      }
      case "spread" -> {
        write("{\"jsonrpc\":\"2.0\",\r\"id\":" + id + ",\r \"result\":{\"content\":[]}}\r\n");
      }
      case "closeStderr" -> {
        System.err.close();
        text(id, text);
      }
      case "die" -> {
        System.err.println("going down");
        System.err.flush();
        Runtime.getRuntime().halt(3);
      }
      case "silent" -> {}
      case "huge" -> {
        write("{\"jsonrpc\":\"2.0\",\"result\":{\"content\":[],\"pad\":\"");
        String block = "x".repeat(1 << 20);
        for (int i = 0; i < Integer.parseInt(text); i++) {
          write(block);
        }
        write("\"},\"id\":" + id + "}\n");
      }
      default -> text(id, "?");
    }
  }

  private static Map<String, Object> tool(String name) {
    return Map.of("name", name, "inputSchema", Map.of("type", "object"));
  }

  private static void text(Json id, String text) throws IOException {
    result(id, Map.of("content", List.of(Map.of("type", "text", "text", text))));
  }

  private static void result(Json id, Map<String, ?> result) throws IOException {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("jsonrpc", "2.0");
    answer.put("id", id);
    answer.put("result", result);
    write(Json.of(answer) + "\n");
  }

  private static void write(String text) throws IOException {
    OUT.write(text.getBytes(StandardCharsets.UTF_8));
    OUT.flush();
  }
}

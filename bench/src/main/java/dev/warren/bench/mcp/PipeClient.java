package dev.warren.bench.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The limit to compare with: a thread that reads lines, a map of calls, and one write with a flush
 * for each message. No timeouts, no bounds, no errors.
 */
final class PipeClient implements EchoClient {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Process process;
  private final OutputStream stdin;
  private final Map<Long, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong();

  PipeClient(List<String> server) throws Exception {
    process = new ProcessBuilder(server).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    stdin = process.getOutputStream();
    Thread reader = new Thread(this::read, "pipe-reader");
    reader.setDaemon(true);
    reader.start();
    var unused =
        send("initialize", "{\"protocolVersion\":\"2025-11-25\"}").get(10, TimeUnit.SECONDS);
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 64 << 10)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode answer = MAPPER.readTree(line);
        calls.remove(answer.get("id").longValue()).complete(answer);
      }
    } catch (IOException e) {
      calls.values().forEach(call -> call.completeExceptionally(e));
    }
  }

  private CompletableFuture<JsonNode> send(String method, String params) {
    long id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> call = new CompletableFuture<>();
    calls.put(id, call);
    byte[] line =
        ("{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\""
                + method
                + "\",\"params\":"
                + params
                + "}\n")
            .getBytes(StandardCharsets.UTF_8);
    try {
      synchronized (stdin) {
        stdin.write(line);
        stdin.flush();
      }
    } catch (IOException e) {
      call.completeExceptionally(e);
    }
    return call;
  }

  @Override
  public void call() throws Exception {
    var unused = callAsync().get(30, TimeUnit.SECONDS);
  }

  @Override
  public CompletableFuture<?> callAsync() {
    return send("tools/call", "{\"name\":\"echo\",\"arguments\":" + Load.ARGUMENTS_JSON + "}");
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

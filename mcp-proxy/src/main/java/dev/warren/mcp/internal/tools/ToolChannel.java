package dev.warren.mcp.internal.tools;

import dev.warren.Sandbox;
import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.internal.errors.ErrorCodes;
import dev.warren.mcp.internal.thread.DaemonThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An MCP server in this JVM, with the streams of one. Requests run on up to 16 threads; up to 256
 * wait, more are answered with an error. Input that is no message is skipped.
 */
public final class ToolChannel implements StdioChannel {
  private static final int THREADS = 16;
  private static final int WAITING = 256;
  private static final int MAX_LINE = 64 << 20;
  private static final long IDLE_SECONDS = 10;

  private final ToolServer server;
  private final Receiver receiver;
  private final ThreadPoolExecutor executor;
  private final Map<Json, Future<?>> running = new ConcurrentHashMap<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean inputClosed; // with ended, guarded by the receiver's lock
  private boolean ended;

  public ToolChannel(Supplier<Sandbox> sandbox, List<Tool> tools, Receiver receiver) {
    this.server = new ToolServer(sandbox, tools);
    this.receiver = receiver;
    this.executor =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            DaemonThreads.named("warren-mcp-tool"));
    executor.allowCoreThreadTimeOut(true);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    synchronized (receiver) {
      if (inputClosed || ended) {
        throw new IOException("the server reads no more");
      }
    }
    int from = offset;
    for (int i = offset; i < offset + length; i++) {
      if (bytes[i] == '\n') {
        line.write(bytes, from, i - from);
        from = i + 1;
        take(line.toString(StandardCharsets.UTF_8));
        line.reset();
      }
    }
    line.write(bytes, from, offset + length - from);
    if (line.size() > MAX_LINE) {
      throw new IOException("a message is longer than " + MAX_LINE + " bytes");
    }
  }

  private void take(String text) {
    Json message;
    try {
      message = Json.parse(text);
    } catch (SandboxException e) {
      return;
    }
    Optional<String> method = message.string("/method");
    Optional<Json> id = message.at("/id");
    if (method.isEmpty()) {
      return;
    }
    if (id.isEmpty()) {
      if (method.get().equals("notifications/cancelled")) {
        message.at("/params/requestId").map(running::remove).ifPresent(call -> call.cancel(true));
      }
      return;
    }
    FutureTask<Void> call = new FutureTask<>(() -> answer(id.get(), message), null);
    running.put(id.get(), call);
    try {
      executor.execute(call);
    } catch (RejectedExecutionException e) {
      running.remove(id.get());
      send(ToolServer.error(id.get(), ErrorCodes.INTERNAL_ERROR, "too many requests at a time"));
    }
  }

  private void answer(Json id, Json message) {
    Json answer = server.answer(id, message);
    // Whoever was cancelled is not in there any more, and gets no answer.
    if (running.remove(id) != null) {
      send(answer);
    }
    endWhenDone();
  }

  private void send(Json answer) {
    byte[] bytes = (answer + "\n").getBytes(StandardCharsets.UTF_8);
    synchronized (receiver) {
      if (!ended) {
        receiver.stdout(bytes);
      }
    }
  }

  /** Ends the server once its calls are answered. */
  @Override
  public void closeInput() {
    synchronized (receiver) {
      inputClosed = true;
    }
    endWhenDone();
  }

  private void endWhenDone() {
    synchronized (receiver) {
      if (inputClosed && running.isEmpty()) {
        end();
      }
    }
  }

  @Override
  public void terminate() {
    kill();
  }

  @Override
  public void kill() {
    executor.shutdownNow();
    running.clear();
    synchronized (receiver) {
      end();
    }
  }

  private void end() {
    if (!ended) {
      ended = true;
      executor.shutdown();
      receiver.ended(new ServerExit.Exited(0, 0, false, ""));
    }
  }

  @Override
  public String toString() {
    return "sandbox tools";
  }
}

package dev.warren.mcp.http;

import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does what a test says with each line. */
final class ScriptedServer implements StdioTransport {
  final Queue<Json> received = new ConcurrentLinkedQueue<>();
  final AtomicInteger started = new AtomicInteger();
  private final Script script;

  /** What a server does with a message. */
  interface Script {
    void take(Json message, Output output);
  }

  /** What a script can do. */
  interface Output {
    void line(String text);

    void exit();
  }

  ScriptedServer(Script script) {
    this.script = script;
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    started.incrementAndGet();
    AtomicBoolean ended = new AtomicBoolean();
    Output output =
        new Output() {
          @Override
          public synchronized void line(String text) {
            if (!ended.get()) {
              receiver.stdout((text + "\n").getBytes(StandardCharsets.UTF_8));
            }
          }

          @Override
          public void exit() {
            if (ended.compareAndSet(false, true)) {
              receiver.ended(new ServerExit.Exited(0, 0, false, ""));
            }
          }
        };
    return new StdioChannel() {
      private final StringBuilder rest = new StringBuilder();

      @Override
      public void write(byte[] bytes, int offset, int length) {
        rest.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
        for (int end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
          Json message = Json.parse(rest.substring(0, end));
          rest.delete(0, end + 1);
          received.add(message);
          script.take(message, output);
        }
      }

      @Override
      public void closeInput() {
        output.exit();
      }

      @Override
      public void terminate() {
        output.exit();
      }

      @Override
      public void kill() {
        output.exit();
      }

      @Override
      public String toString() {
        return "scripted server";
      }
    };
  }
}

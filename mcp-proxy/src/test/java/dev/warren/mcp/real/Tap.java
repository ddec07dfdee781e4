package dev.warren.mcp.real;

import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Writes down what goes over the wire of a server, in both directions, over all its starts. */
final class Tap implements StdioTransport {
  private final StdioTransport server;
  private final List<Json> received = new CopyOnWriteArrayList<>();
  private final List<Json> sent = new CopyOnWriteArrayList<>();
  private final CompletableFuture<ServerExit> firstEnd = new CompletableFuture<>();

  Tap(StdioTransport server) {
    this.server = server;
  }

  /** Messages of the server. */
  List<Json> received() {
    return received;
  }

  /** Messages to the server. */
  List<Json> sent() {
    return sent;
  }

  Stream<Json> received(String method) {
    return received.stream().filter(message -> isMethod(message, method));
  }

  Stream<Json> sent(String method) {
    return sent.stream().filter(message -> isMethod(message, method));
  }

  /** Answers that were sent to requests of the server. */
  Stream<Json> answers() {
    return sent.stream().filter(message -> message.at("/method").isEmpty());
  }

  /** How the first process ended. */
  ServerExit.Exited exit() throws Exception {
    return (ServerExit.Exited) firstEnd.get(60, TimeUnit.SECONDS);
  }

  private static boolean isMethod(Json message, String method) {
    return message.string("/method").filter(method::equals).isPresent();
  }

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    Lines fromServer = new Lines(received);
    StdioChannel channel =
        server.start(
            new StdioChannel.Receiver() {
              @Override
              public void stdout(byte[] bytes) {
                fromServer.add(bytes, 0, bytes.length);
                receiver.stdout(bytes);
              }

              @Override
              public void longLine(long length, byte[] head, byte[] tail) {
                receiver.longLine(length, head, tail);
              }

              @Override
              public void stdoutClosed() {
                receiver.stdoutClosed();
              }

              @Override
              public void stderr(byte[] bytes) {
                receiver.stderr(bytes);
              }

              @Override
              public void ended(ServerExit exit) {
                firstEnd.complete(exit);
                receiver.ended(exit);
              }
            });
    return new Tapped(channel, new Lines(sent));
  }

  @Override
  public String toString() {
    return server.toString();
  }

  /** Cuts bytes into messages. */
  private static final class Lines {
    private final List<Json> messages;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(List<Json> messages) {
      this.messages = messages;
    }

    synchronized void add(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == '\n') {
          messages.add(Json.parse(line.toString(StandardCharsets.UTF_8)));
          line.reset();
        } else {
          line.write(bytes[i]);
        }
      }
    }
  }

  private record Tapped(StdioChannel channel, Lines lines) implements StdioChannel {
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      lines.add(bytes, offset, length);
      channel.write(bytes, offset, length);
    }

    @Override
    public void closeInput() {
      channel.closeInput();
    }

    @Override
    public void terminate() {
      channel.terminate();
    }

    @Override
    public void kill() {
      channel.kill();
    }

    @Override
    public String toString() {
      return channel.toString();
    }
  }
}

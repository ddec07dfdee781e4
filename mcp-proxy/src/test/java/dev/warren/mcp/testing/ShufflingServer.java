package dev.warren.mcp.testing;

import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.channel.StdioTransport;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Answers each request with its own params, all requests that wait at once and in no order; a
 * request of its own, under the id of the call, goes before some answers. Fast enough for a million
 * calls.
 */
public final class ShufflingServer implements StdioTransport {
  private static final Pattern REQUEST =
      Pattern.compile(".*\"id\":(\\d+),\"method\":\"echo\",\"params\":(\\{.*\\})\\}");
  private static final String END = "end";

  @Override
  public StdioChannel start(StdioChannel.Receiver receiver) {
    Channel channel = new Channel(receiver);
    Thread thread = new Thread(channel::serve, "shuffling-server");
    thread.setDaemon(true);
    thread.start();
    return channel;
  }

  private static final class Channel implements StdioChannel {
    private final Receiver receiver;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();

    Channel(Receiver receiver) {
      this.receiver = receiver;
    }

    void serve() {
      Random random = new Random(42);
      List<String> waiting = new ArrayList<>();
      boolean end = false;
      while (!end) {
        try {
          waiting.add(lines.take());
        } catch (InterruptedException e) {
          break;
        }
        lines.drainTo(waiting);
        end = waiting.remove(END);
        Collections.shuffle(waiting, random);
        StringBuilder out = new StringBuilder();
        waiting.forEach(line -> answer(line, out));
        receiver.stdout(out.toString().getBytes(StandardCharsets.UTF_8));
        waiting.clear();
      }
      receiver.ended(new ServerExit.Exited(0, 0, false, ""));
    }

    private static void answer(String line, StringBuilder out) {
      Matcher request = REQUEST.matcher(line);
      if (!request.matches()) {
        return; // the answer to a request of ours
      }
      String id = request.group(1);
      if (id.endsWith("00")) {
        out.append("{\"id\":").append(id).append(",\"method\":\"ping\"}\n");
      }
      out.append("{\"result\":").append(request.group(2));
      out.append(",\"jsonrpc\":\"2.0\",\"id\":").append(id).append("}\n");
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        if (bytes[i] == '\n') {
          lines.add(partial.toString(StandardCharsets.UTF_8));
          partial.reset();
        } else {
          partial.write(bytes[i]);
        }
      }
    }

    @Override
    public void closeInput() {
      if (over.compareAndSet(false, true)) {
        lines.add(END);
      }
    }

    @Override
    public void terminate() {
      closeInput();
    }

    @Override
    public void kill() {
      closeInput();
    }

    @Override
    public String toString() {
      return "shuffling";
    }
  }
}

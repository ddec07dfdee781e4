package dev.warren.mcp.internal.rpc;

import dev.warren.mcp.Json;
import dev.warren.mcp.channel.ServerExit;
import dev.warren.mcp.channel.StdioChannel;
import dev.warren.mcp.internal.message.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What {@link LimitedJvm} runs. Prints {@code OK} when all was as it should be. */
final class LimitedJvmProgram {
  private static final int CHUNK = 64 * 1024;

  private final BlockingQueue<byte[]> written = new LinkedBlockingQueue<>();
  private StdioChannel.Receiver receiver;
  private RpcPeer peer;

  private LimitedJvmProgram() {}

  public static void main(String[] arguments) throws Exception {
    LimitedJvmProgram program = new LimitedJvmProgram();
    program.start(Integer.getInteger("limit", 64 << 20));
    switch (arguments[0]) {
      case "largeAnswer" -> program.largeAnswer();
      case "endlessLine" -> program.endlessLine();
      case "tinyPieces" -> program.tinyPieces();
      case "stderr" -> program.stderr();
      case "notifications" -> program.notifications();
      case "encoding" -> program.encoding();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    program.peer.close();
    System.out.println("OK");
  }

  private void start(int limit) {
    peer =
        RpcPeer.start(
            to -> {
              receiver = to;
              return new Channel();
            },
            RpcOptions.defaults().toBuilder().maxInboundBytes(limit).build(),
            new RpcHandler() {
              @Override
              public void request(IncomingRequest request) {}

              @Override
              public void notification(Envelope notification) throws Exception {
                Thread.sleep(60_000);
              }
            });
  }

  private void largeAnswer() throws Exception {
    RpcCall call = request();
    int bytes = 60_000_000;
    stdout("{\"result\":\"");
    fill(bytes, CHUNK, (byte) 'x');
    stdout("\",\"jsonrpc\":\"2.0\",\"id\":" + call.id() + "}\n");
    check(call.await().size() > bytes, "size");
    stillAlive();
  }

  private void endlessLine() throws Exception {
    fill(1 << 30, CHUNK, (byte) 'x');
    stdout("\n");
    stillAlive();
    check(peer.counters().longLines() == 1, "one long line");
  }

  private void tinyPieces() throws Exception {
    RpcCall call = request();
    stdout("{\"id\":" + call.id() + ",\"result\":\"");
    fill(8_000_000, 1, (byte) 'x');
    stdout("\"}\n");
    check(call.await().size() > 8_000_000, "size");
  }

  private void stderr() throws Exception {
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[1 << 20];
      Arrays.fill(bytes, (byte) i);
      receiver.stderr(bytes);
    }
    stillAlive();
    check(peer.counters().stderrBytes() == 1000L << 20, "all was read");
  }

  private void notifications() throws Exception {
    String text = "x".repeat(100_000);
    for (int i = 0; i < 5_000; i++) {
      stdout("{\"method\":\"notifications/message\",\"params\":\"" + text + "\"}\n");
      stdout(
          "{\"id\":" + i + ",\"method\":\"sampling/createMessage\",\"params\":\"" + text + "\"}\n");
    }
    stillAlive();
    check(peer.counters().droppedNotifications() > 4_000, "most were dropped");
  }

  private void encoding() throws Exception {
    check(java.nio.charset.Charset.defaultCharset().name().equals("US-ASCII"), "encoding");
    String text = "gr\u00fc\u00dfe \ud83d\ude80 \u65e5\u672c";
    RpcCall call = peer.call("echo", Json.of(java.util.Map.of("text", text)));
    String sent = new String(written.take(), StandardCharsets.UTF_8);
    check(sent.contains(text), "sent in UTF-8");
    stdout("{\"id\":" + call.id() + ",\"result\":{\"text\":\"" + text + "\"}}\n");
    check(call.await().result().orElseThrow().string("/text").orElseThrow().equals(text), "back");
    stdout("{\"id\":1,\"method\":\"" + text + "\"}\n");
    receiver.stderr(text.getBytes(StandardCharsets.UTF_8));
    check(peer.stderrTail().equals(text), "stderr");
  }

  private void stillAlive() throws Exception {
    RpcCall call = request();
    stdout("{\"id\":" + call.id() + ",\"result\":1}\n");
    check(call.await().kind() == Envelope.Kind.RESULT, "alive");
  }

  private RpcCall request() throws Exception {
    RpcCall call = peer.call("a", null);
    written.take();
    return call;
  }

  private void fill(int bytes, int piece, byte value) {
    for (int left = bytes; left > 0; left -= piece) {
      byte[] part = new byte[Math.min(left, piece)];
      Arrays.fill(part, value);
      receiver.stdout(part);
    }
  }

  private void stdout(String text) {
    receiver.stdout(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private final class Channel implements StdioChannel {
    @Override
    public void write(byte[] bytes, int offset, int length) {
      written.add(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void closeInput() {
      receiver.ended(new ServerExit.Exited(0, 0, false, ""));
    }

    @Override
    public void terminate() {}

    @Override
    public void kill() {}

    @Override
    public String toString() {
      return "limited";
    }
  }
}

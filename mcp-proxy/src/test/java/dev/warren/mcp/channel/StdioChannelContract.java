package dev.warren.mcp.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every channel promises; the server is a shell. */
public abstract class StdioChannelContract {
  private final RecordingReceiver receiver = new RecordingReceiver();

  /** A way to run {@code sh -c script}. */
  protected abstract StdioTransport shell(String script);

  /** Whether a process with this word in its command line is left. */
  protected abstract boolean isLeft(String word) throws Exception;

  private StdioChannel start(String script) {
    return shell(script).start(receiver);
  }

  private static void write(StdioChannel channel, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    channel.write(bytes, 0, bytes.length);
  }

  private void assertEnded(int code) throws Exception {
    assertThat(receiver.exit().code()).isEqualTo(code);
    assertThat(receiver.isInDisorder()).isFalse();
  }

  @Test
  void write_aLine_comesBackFromAnEcho_andEndOfInputEndsIt() throws Exception {
    StdioChannel channel = start("exec cat");
    write(channel, "{\"text\":\"héllo €\"}\n");
    receiver.await(() -> receiver.stdout().equals("{\"text\":\"héllo €\"}\n"));
    assertThat(receiver.hasEnded()).isFalse();
    channel.closeInput();
    channel.closeInput();
    assertEnded(0);
  }

  @Test
  void stdout_thirtyMegabytes_arriveWholeAndInOrder() throws Exception {
    start(
        "i=0; while [ $i -lt 30 ]; do head -c 1048576 /dev/zero | tr '\\0' a; echo; i=$((i+1)); done");
    assertEnded(0);
    byte[] out = receiver.stdoutBytes();
    assertThat(out).hasSize(30 * ((1 << 20) + 1));
    for (int line = 1; line <= 30; line++) {
      assertThat(out[line * ((1 << 20) + 1) - 1]).isEqualTo((byte) '\n');
    }
  }

  @Test
  void write_fourMegabytes_arrivesWhole() throws Exception {
    StdioChannel channel = start("exec wc -c");
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 'x');
    for (int i = 0; i < 4; i++) {
      channel.write(block, 0, block.length);
    }
    channel.closeInput();
    assertEnded(0);
    assertThat(receiver.stdout().trim()).isEqualTo(String.valueOf(4 << 20));
  }

  @Test
  void exit_withCodeAndStderr_tellsBothAfterTheLastOutput() throws Exception {
    start("echo last answer; echo why >&2; exit 3");
    assertEnded(3);
    assertThat(receiver.stdout()).isEqualTo("last answer\n");
    assertThat(receiver.stderr()).isEqualTo("why\n");
    assertThat(receiver.exit().stderrTail()).isEqualTo("why\n");
    assertThat(receiver.exit()).hasToString("exit code 3");
  }

  @Test
  void stderr_aFlood_doesNotStopStdout() throws Exception {
    start("head -c 20000000 /dev/zero >&2; echo done");
    assertEnded(0);
    assertThat(receiver.stdout()).isEqualTo("done\n");
  }

  @Test
  void terminate_aServerThatListens_endsItItsOwnWay() throws Exception {
    StdioChannel channel =
        start("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
    receiver.await(() -> receiver.stdout().contains("ready"));
    channel.terminate();
    assertEnded(7);
    assertThat(receiver.stdout()).endsWith("bye\n");
  }

  @Test
  void kill_aServerThatIgnoresSigterm_endsItAndItsChildren() throws Exception {
    String mark = "9" + (System.nanoTime() % 1_000_000);
    StdioChannel channel =
        start("trap '' TERM; sleep " + mark + " & echo ready; while :; do sleep 0.05; done");
    receiver.await(() -> receiver.stdout().contains("ready"));
    channel.terminate();
    channel.kill();
    assertThat(receiver.end()).isInstanceOf(ServerExit.Exited.class);
    assertThat(receiver.exit().code()).isNotZero();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (isLeft("sleep " + mark) && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(isLeft("sleep " + mark)).isFalse();
  }

  @Test
  void kill_whileAWriteBlocks_endsTheWrite() throws Exception {
    StdioChannel channel = start("echo ready; sleep 600");
    receiver.await(() -> receiver.stdout().contains("ready"));
    CompletableFuture<Throwable> writing =
        CompletableFuture.supplyAsync(
            () -> {
              byte[] block = new byte[1 << 20];
              try {
                while (true) {
                  channel.write(block, 0, block.length);
                }
              } catch (IOException e) {
                return e;
              }
            });
    channel.kill();
    assertThat(writing.get(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    assertThat(receiver.end()).isNotNull();
  }

  @Test
  void write_afterTheEnd_fails() throws Exception {
    StdioChannel channel = start("exit 0");
    assertEnded(0);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                write(channel, "x".repeat(8192));
              }
            })
        .isInstanceOf(IOException.class);
    channel.closeInput();
    channel.terminate();
    channel.kill();
  }

  @Test
  void toString_namesNoArguments() {
    StdioChannel channel = start("echo secret-argument");
    assertThat(channel.toString()).doesNotContain("secret-argument");
    assertThat(shell("echo secret-argument").toString()).doesNotContain("secret-argument");
  }
}

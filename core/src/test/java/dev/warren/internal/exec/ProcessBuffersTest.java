package dev.warren.internal.exec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.warren.ExecResult.CapturedOutput;
import dev.warren.bridge.v1.Gap;
import dev.warren.bridge.v1.Output;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.Stream;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept on the host's side of a process: capture, stdin, offsets. */
class ProcessBuffersTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void capture_anyPieces_keepsHeadAndTail(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int limit = random.nextInt(40);
      byte[] all = new byte[random.nextInt(120)];
      random.nextBytes(all);
      OutputCapture capture = new OutputCapture(limit);
      for (int at = 0; at < all.length; ) {
        int size = 1 + random.nextInt(Math.min(all.length - at, 50));
        capture.add(ByteString.copyFrom(all, at, size));
        at += size;
      }
      CapturedOutput captured = capture.captured();
      assertThat(captured.totalBytes()).isEqualTo(all.length);
      if (all.length <= limit) {
        assertThat(captured.head()).isEqualTo(all);
        assertThat(captured.tail()).isEmpty();
      } else {
        int head = limit - limit / 2;
        assertThat(captured.head()).isEqualTo(Arrays.copyOf(all, head));
        assertThat(captured.tail())
            .isEqualTo(Arrays.copyOfRange(all, all.length - limit / 2, all.length));
        assertThat(captured.droppedBytes()).isEqualTo(all.length - limit);
      }
    }
  }

  @Test
  void capture_textNeverSplitsACharacter() {
    for (int limit = 2; limit < 40; limit++) {
      OutputCapture capture = new OutputCapture(limit);
      capture.add(ByteString.copyFromUtf8("aé€𝄞".repeat(20)));
      assertThat(capture.captured().text()).doesNotContain("\uFFFD");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void stdin_anyAcceptanceAndReconnection_arrivesOnceAndInOrder(long seed) {
    Random random = new Random(seed);
    byte[] all = new byte[500_000];
    random.nextBytes(all);
    int window = 1 + random.nextInt(200_000);
    StdinBuffer buffer = new StdinBuffer();
    ByteArrayOutputStream bridge = new ByteArrayOutputStream();
    int written = 0;
    int accepted = 0;
    boolean closed = false;
    buffer.attached(0, false, window, true);
    while (!closed) {
      switch (random.nextInt(4)) {
        case 0 -> {
          int size = (int) Math.min(buffer.room(), Math.min(all.length - written, 70_000));
          buffer.add(ByteString.copyFrom(all, written, size));
          written += size;
          if (written == all.length) {
            buffer.close();
          }
        }
        case 1 -> {
          accepted += random.nextInt(bridge.size() - accepted + 1);
          buffer.accepted(accepted, false);
        }
        case 2 -> { // the connection broke: some frames may have arrived, others not
          buffer.attached(accepted, false, window, false);
        }
        default -> {
          int frames = random.nextInt(4);
          for (ProcessInput frame = buffer.next(); frame != null; frame = buffer.next()) {
            if (frame.hasStdinClose()) {
              assertThat(frame.getStdinClose().getOffset()).isEqualTo(all.length);
              assertThat(bridge.size()).isEqualTo(all.length);
              closed = true;
              break;
            }
            int offset = (int) frame.getStdin().getOffset();
            byte[] data = frame.getStdin().getData().toByteArray();
            assertThat(offset).isLessThanOrEqualTo(bridge.size());
            assertThat(offset + data.length).isLessThanOrEqualTo(accepted + window);
            int known = Math.min(data.length, bridge.size() - offset);
            bridge.write(data, known, data.length - known);
            if (frames-- == 0) {
              break;
            }
          }
        }
      }
    }
    assertThat(bridge.toByteArray()).isEqualTo(all);
  }

  @Test
  void offsets_repeatedBytesAreSkippedAndHolesAreErrors() throws Exception {
    OutputOffsets offsets = new OutputOffsets(false);
    assertThat(offsets.output(output(0, "hello")).toStringUtf8()).isEqualTo("hello");
    assertThat(offsets.output(output(3, "lo you")).toStringUtf8()).isEqualTo(" you");
    assertThat(offsets.output(output(0, "he")).isEmpty()).isTrue();
    assertThatThrownBy(() -> offsets.output(output(20, "x")))
        .isInstanceOf(OutputOffsets.HoleException.class)
        .hasMessageContaining("stdout");
    assertThat(
            offsets.gap(
                Gap.newBuilder().setStream(Stream.STREAM_STDOUT).setFrom(9).setTo(20).build()))
        .isEqualTo(11);
    assertThat(offsets.output(output(20, "x")).toStringUtf8()).isEqualTo("x");
    offsets.consume();
    assertThat(offsets.unacknowledged()).isEqualTo(21);
    assertThat(offsets.acknowledge().getStdoutOffset()).isEqualTo(21);
    assertThat(offsets.unacknowledged()).isZero();
  }

  private static Output output(long offset, String text) {
    return Output.newBuilder()
        .setStream(Stream.STREAM_STDOUT)
        .setOffset(offset)
        .setData(ByteString.copyFrom(text.getBytes(UTF_8)))
        .build();
  }
}

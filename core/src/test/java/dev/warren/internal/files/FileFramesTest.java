package dev.warren.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.Commit;
import dev.warren.bridge.v1.ContainerServiceGrpc;
import dev.warren.bridge.v1.FileEntry;
import dev.warren.bridge.v1.ReadRawRequest;
import dev.warren.bridge.v1.ReadRawResponse;
import dev.warren.bridge.v1.WriteRawRequest;
import dev.warren.bridge.v1.WriteRawResponse;
import io.grpc.Detachable;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames beside the messages of the protocol that they stand for. */
class FileFramesTest {
  private static final MethodDescriptor<UploadFrame<WriteRawRequest>, WriteRawResponse> UPLOAD =
      UploadFrame.method(ContainerServiceGrpc.getWriteRawMethod());
  private static final MethodDescriptor<ReadRawRequest, DownloadFrame<ReadRawResponse>> DOWNLOAD =
      DownloadFrame.method(
          ContainerServiceGrpc.getReadRawMethod(), ReadRawResponse.DATA_FIELD_NUMBER);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static UploadFrame<WriteRawRequest> upload(byte[] buffer, int count) {
    return UploadFrame.data(WriteRawRequest.DATA_FIELD_NUMBER, buffer, count);
  }

  private static byte[] generated(byte[] content) {
    return ReadRawResponse.newBuilder().setData(ByteString.copyFrom(content)).build().toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16383, 16384, 262144, 3 << 20})
  void uploadedData_isWhatGeneratedCodeSends(int length) throws IOException {
    byte[] content = random(length);
    InputStream drained = UPLOAD.streamRequest(upload(content, length));
    assertThat(drained.available()).isEqualTo(generated(content).length);
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    assertThat(((Drainable) drained).drainTo(target)).isEqualTo(generated(content).length);
    assertThat(target.toByteArray()).isEqualTo(generated(content));
    assertThat(drained.available()).isZero();

    InputStream read = UPLOAD.streamRequest(upload(content, length));
    assertThat(read.readAllBytes()).isEqualTo(generated(content));
  }

  @Test
  void uploadedData_isOnlyThatOfTheCount() throws IOException {
    byte[] buffer = random(100);
    byte[] sent = UPLOAD.streamRequest(upload(buffer, 60)).readAllBytes();
    assertThat(WriteRawRequest.parseFrom(sent).getData())
        .isEqualTo(ByteString.copyFrom(buffer, 0, 60));
  }

  @Test
  void buffer_isNotTakenBeforeItsLastByte() throws IOException {
    UploadFrame<WriteRawRequest> frame = upload(random(100), 100);
    InputStream stream = UPLOAD.streamRequest(frame);
    assertThat(frame.isTaken()).isFalse();
    stream.readNBytes(101);
    assertThat(frame.isTaken()).isFalse();
    stream.read();
    assertThat(frame.isTaken()).isTrue();
  }

  @Test
  void buffer_isTakenWhenDrained() throws IOException {
    UploadFrame<WriteRawRequest> frame = upload(random(100), 100);
    ((Drainable) UPLOAD.streamRequest(frame)).drainTo(new ByteArrayOutputStream());
    assertThat(frame.isTaken()).isTrue();
  }

  @Test
  void otherMessages_areSentAsGenerated() throws IOException {
    WriteRawRequest commit =
        WriteRawRequest.newBuilder().setCommit(Commit.newBuilder().setBytes(7)).build();
    assertThat(UPLOAD.streamRequest(UploadFrame.of(commit)).readAllBytes())
        .isEqualTo(commit.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 127, 128, 16383, 16384, 262144, 3 << 20})
  void downloadedData_isWhatGeneratedCodeSent(int length) throws IOException {
    byte[] content = random(length);
    DownloadFrame<ReadRawResponse> frame = DOWNLOAD.parseResponse(new Received(generated(content)));
    assertThat(frame.message()).isNull();
    assertThat(frame.bytes().available()).isEqualTo(length);
    assertThat(frame.bytes().readAllBytes()).isEqualTo(content);
  }

  @Test
  void otherMessages_areTakenApartByGeneratedCode() {
    ReadRawResponse header =
        ReadRawResponse.newBuilder().setHeader(FileEntry.newBuilder().setSize(9)).build();
    byte[] twice = concat(generated(random(5)), generated(random(3))); // the last one counts
    byte[] overlong = {0x12, (byte) 0x83, (byte) 0x80, 0, 1, 2, 3};
    assertThat(parse(header.toByteArray())).isEqualTo(header);
    assertThat(parse(twice).getData().toByteArray()).isEqualTo(random(3));
    assertThat(bytes(overlong)).containsExactly(1, 2, 3);
    assertThat(parse(new byte[0])).isEqualTo(ReadRawResponse.getDefaultInstance());
  }

  @Test
  void anyBytes_meanWhatTheyMeanToGeneratedCode() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] message = new byte[random.nextInt(12)];
      random.nextBytes(message);
      if (message.length > 1 && random.nextBoolean()) {
        message[0] = 0x12;
        message[1] = (byte) random.nextInt(12);
      }
      ReadRawResponse expected;
      try {
        expected = ReadRawResponse.parseFrom(message);
      } catch (IOException e) {
        assertThat(fails(message)).as("%s", ByteString.copyFrom(message)).isTrue();
        continue;
      }
      DownloadFrame<ReadRawResponse> frame = DOWNLOAD.parseResponse(new Received(message));
      ReadRawResponse got = frame.message();
      if (got == null) {
        got = ReadRawResponse.newBuilder().setData(ByteString.readFrom(frame.bytes())).build();
      }
      assertThat(got).isEqualTo(expected);
    }
  }

  @Test
  void memoryOfTheTransport_isKeptUntilTheFrameIsClosed() throws IOException {
    AtomicBoolean given = new AtomicBoolean();
    InputStream received = new TransportMemory(generated(random(1000)), given);
    DownloadFrame<ReadRawResponse> frame = DOWNLOAD.parseResponse(received);
    received.close(); // as gRPC does
    assertThat(given).isFalse();
    assertThat(frame.bytes().readAllBytes()).isEqualTo(random(1000));
    frame.close();
    assertThat(given).isTrue();
  }

  private static ReadRawResponse parse(byte[] message) {
    ReadRawResponse parsed = DOWNLOAD.parseResponse(new Received(message)).message();
    assertThat(parsed).isNotNull();
    return parsed;
  }

  private static byte[] bytes(byte[] message) {
    DownloadFrame<ReadRawResponse> frame = DOWNLOAD.parseResponse(new Received(message));
    try {
      ReadRawResponse whole = frame.message();
      return whole == null ? frame.bytes().readAllBytes() : whole.getData().toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean fails(byte[] message) {
    try {
      DOWNLOAD.parseResponse(new Received(message));
      return false;
    } catch (RuntimeException e) {
      return true;
    }
  }

  private static byte[] concat(byte[] first, byte[] second) {
    return ByteString.copyFrom(first).concat(ByteString.copyFrom(second)).toByteArray();
  }

  /** A message as gRPC hands it over. */
  private static class Received extends ByteArrayInputStream implements KnownLength {
    Received(byte[] message) {
      super(message);
    }
  }

  /** One whose memory goes back when whoever owns it closes it. */
  private static final class TransportMemory extends Received implements Detachable {
    private final AtomicBoolean given;
    private boolean detached;

    TransportMemory(byte[] message, AtomicBoolean given) {
      super(message);
      this.given = given;
    }

    @Override
    public InputStream detach() {
      detached = true;
      return new TransportMemory(super.readAllBytes(), given);
    }

    @Override
    public void close() {
      if (!detached) {
        given.set(true);
      }
    }
  }
}

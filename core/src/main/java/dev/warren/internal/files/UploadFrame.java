package dev.warren.internal.files;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.WireFormat;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What an upload sends: a message of the protocol, or bytes out of a buffer as a message that has
 * one field. The latter go from the buffer to the transport without a copy in between.
 */
final class UploadFrame<M extends MessageLite> {
  private final @Nullable M message;
  private final byte[] buffer;
  private final int count;
  private final byte[] prefix;
  private volatile boolean taken;

  private UploadFrame(@Nullable M message, byte[] buffer, int count, byte[] prefix) {
    this.message = message;
    this.buffer = buffer;
    this.count = count;
    this.prefix = prefix;
  }

  static <M extends MessageLite> UploadFrame<M> of(M message) {
    return new UploadFrame<>(message, new byte[0], 0, new byte[0]);
  }

  /** The first bytes of the buffer, which must not change before {@link #isTaken}. */
  static <M extends MessageLite> UploadFrame<M> data(int field, byte[] buffer, int count) {
    int tag = field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    byte[] prefix =
        new byte
            [CodedOutputStream.computeUInt32SizeNoTag(tag)
                + CodedOutputStream.computeUInt32SizeNoTag(count)];
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(prefix);
      out.writeUInt32NoTag(tag);
      out.writeUInt32NoTag(count);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it was made to measure
    }
    return new UploadFrame<>(null, buffer, count, prefix);
  }

  /**
   * Whether all bytes were copied out of the buffer. gRPC may keep a frame, until it has a
   * transport; mostly it does not, and then this holds as soon as the frame is sent.
   */
  boolean isTaken() {
    return taken;
  }

  /** A method of the protocol that takes these frames in place of its messages. */
  static <M extends MessageLite, R> MethodDescriptor<UploadFrame<M>, R> method(
      MethodDescriptor<M, R> method) {
    MethodDescriptor.Marshaller<M> messages = method.getRequestMarshaller();
    return method.toBuilder(new Marshaller<>(messages), method.getResponseMarshaller()).build();
  }

  private record Marshaller<M extends MessageLite>(MethodDescriptor.Marshaller<M> messages)
      implements MethodDescriptor.Marshaller<UploadFrame<M>> {

    @Override
    public InputStream stream(UploadFrame<M> frame) {
      M message = frame.message;
      return message != null ? messages.stream(message) : frame.new Bytes();
    }

    @Override
    public UploadFrame<M> parse(InputStream stream) {
      return of(messages.parse(stream));
    }
  }

  /** The prefix and the buffer. Not thread-safe. */
  private final class Bytes extends InputStream implements Drainable, KnownLength {
    private final InputStream head = new ByteArrayInputStream(prefix);
    private final InputStream content = new ByteArrayInputStream(buffer, 0, count);

    @Override
    public int drainTo(OutputStream target) throws IOException {
      long drained = head.transferTo(target) + content.transferTo(target);
      taken = true;
      return (int) drained;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      InputStream next = head.available() > 0 ? head : content;
      int got = next.read(target, offset, length);
      taken = available() == 0;
      return got;
    }

    @Override
    public int available() throws IOException {
      return head.available() + content.available();
    }
  }
}

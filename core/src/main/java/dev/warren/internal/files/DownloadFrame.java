package dev.warren.internal.files;

import com.google.protobuf.WireFormat;
import io.grpc.Detachable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What a download receives: a message of the protocol or, if all that it has is its field of bytes,
 * these, in the memory where the transport received them. Closing gives that memory back. Not
 * thread-safe.
 *
 * @param bytes what {@code available()} of it says is all there is
 */
record DownloadFrame<M>(@Nullable M message, InputStream bytes) implements AutoCloseable {
  /** A method of the protocol that answers with these frames in place of its messages. */
  static <Q, M> MethodDescriptor<Q, DownloadFrame<M>> method(
      MethodDescriptor<Q, M> method, int field) {
    return method.toBuilder(
            method.getRequestMarshaller(), new Marshaller<>(method.getResponseMarshaller(), field))
        .build();
  }

  @Override
  public void close() {
    try {
      bytes.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is in memory
    }
  }

  private record Marshaller<M>(MethodDescriptor.Marshaller<M> messages, int field)
      implements MethodDescriptor.Marshaller<DownloadFrame<M>> {

    @Override
    public DownloadFrame<M> parse(InputStream stream) {
      try {
        ByteArrayOutputStream prefix = new ByteArrayOutputStream();
        if (isData(stream, prefix)) {
          return new DownloadFrame<>(null, own(stream));
        }
        InputStream whole =
            new SequenceInputStream(new ByteArrayInputStream(prefix.toByteArray()), stream);
        return new DownloadFrame<>(messages.parse(whole), InputStream.nullInputStream());
      } catch (IOException e) {
        throw new UncheckedIOException(e); // it is in memory
      }
    }

    /**
     * Whether the message is one field and ends with it. Whatever else it is, generated code takes
     * it apart.
     *
     * @param prefix gets what was read
     */
    private boolean isData(InputStream stream, ByteArrayOutputStream prefix) throws IOException {
      int tag = field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
      return stream instanceof KnownLength // available() is all there is
          && varint(stream, prefix) == tag
          && varint(stream, prefix) == stream.available();
    }

    /** A number of at most five bytes; -1 if it is longer, larger than an int, or cut off. */
    private static int varint(InputStream stream, ByteArrayOutputStream copy) throws IOException {
      long value = 0;
      for (int shift = 0; shift < 5 * 7; shift += 7) {
        int next = stream.read();
        if (next < 0) {
          return -1;
        }
        copy.write(next);
        value |= (next & 0x7FL) << shift;
        if (next < 0x80) {
          return value <= Integer.MAX_VALUE ? (int) value : -1;
        }
      }
      return -1;
    }

    private static InputStream own(InputStream stream) throws IOException {
      // gRPC closes the stream after this, and what is not detached is gone.
      return stream instanceof Detachable buffers
          ? buffers.detach()
          : new ByteArrayInputStream(stream.readAllBytes());
    }

    @Override
    public InputStream stream(DownloadFrame<M> frame) {
      throw new UnsupportedOperationException("frames are only received");
    }
  }
}

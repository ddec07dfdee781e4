package dev.warren.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stream of bytes out of the frames of a call. For one thread. */
final class FrameInputStream extends InputStream {
  private final Frames frames;
  private ByteBuffer frame = ByteBuffer.allocate(0);
  private boolean ended;
  private boolean closed;

  FrameInputStream(Frames frames) {
    this.frames = frames;
  }

  /** Where the bytes come from. */
  interface Frames {
    /**
     * The next bytes; {@code null} at the end, once it is sure that nothing is missing.
     *
     * @throws SandboxException when something is
     */
    @Nullable ByteString next();

    void close();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, frame.remaining());
    frame.get(target, offset, count);
    return count;
  }

  @Override
  public int available() {
    return frame.remaining();
  }

  private boolean fill() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    try {
      while (!ended && !frame.hasRemaining()) {
        ByteString next = frames.next();
        frame = (next == null ? ByteString.EMPTY : next).asReadOnlyByteBuffer();
        ended = next == null;
      }
    } catch (SandboxException e) {
      close();
      throw new IOException(e.getMessage(), e);
    }
    if (ended) {
      frames.close();
    }
    return !ended;
  }

  @Override
  public void close() {
    closed = true;
    frame = ByteBuffer.allocate(0);
    frames.close();
  }
}

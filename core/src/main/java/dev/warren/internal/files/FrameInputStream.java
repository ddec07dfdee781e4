package dev.warren.internal.files;

import dev.warren.SandboxException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A stream of bytes out of the frames of a call. For one thread. */
final class FrameInputStream extends InputStream {
  private final Frames frames;
  private InputStream frame = InputStream.nullInputStream();
  private boolean ended;
  private boolean closed;

  FrameInputStream(Frames frames) {
    this.frames = frames;
  }

  /** Where the bytes come from. */
  interface Frames {
    /**
     * The next bytes; {@code null} at the end, once it is sure that nothing is missing. They are in
     * memory, {@code available()} tells how many are left, and the caller closes them.
     *
     * @throws SandboxException when something is
     */
    @Nullable InputStream next();

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
    return frame.read(target, offset, length);
  }

  @Override
  public int available() throws IOException {
    return closed ? 0 : frame.available();
  }

  private boolean fill() throws IOException {
    if (closed) {
      throw new IOException("the stream is closed");
    }
    try {
      while (!ended && frame.available() == 0) {
        frame.close();
        frame = InputStream.nullInputStream();
        InputStream next = frames.next();
        ended = next == null;
        frame = next == null ? frame : next;
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
  public void close() throws IOException {
    closed = true;
    frames.close();
    frame.close();
    frame = InputStream.nullInputStream();
  }
}

package dev.warren.docker.internal.task;

import com.github.dockerjava.transport.DockerHttpClient.Response;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** Takes the engine's frames off, which say whether a piece is of the output or of the errors. */
final class FramedLog extends InputStream {
  private static final int HEADER = 8;

  private final Response answer;
  private final InputStream in;
  private int left;
  private boolean ended;

  FramedLog(Response answer) {
    this.answer = answer;
    this.in = answer.getBody();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    while (left == 0) {
      if (ended || !nextFrame()) {
        ended = true;
        return -1;
      }
    }
    int count = in.read(buffer, offset, Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the log ended within a piece");
    }
    left -= count;
    return count;
  }

  private boolean nextFrame() throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length == 0) {
      return false;
    }
    if (header.length < HEADER) {
      throw new EOFException("the log ended within a header");
    }
    int size = 0;
    for (int i = HEADER - 4; i < HEADER; i++) {
      size = (size << 8) | (header[i] & 0xFF);
    }
    if (size < 0) {
      throw new IOException("the log has a piece of " + Integer.toUnsignedString(size) + " bytes");
    }
    left = size;
    return true;
  }

  @Override
  public void close() {
    answer.close();
  }
}

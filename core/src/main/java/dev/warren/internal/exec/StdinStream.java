package dev.warren.internal.exec;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/** What a process reads. Every write is on its way when it returns. For one thread. */
final class StdinStream extends OutputStream {
  private final SessionInput input;
  private boolean closed;

  StdinStream(SessionInput input) {
    this.input = input;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (closed) {
      throw new IOException("the stream is closed");
    }
    int done = 0;
    while (done < length) {
      int count;
      try {
        count = input.write(bytes, offset + done, length - done);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException interrupted =
            new InterruptedIOException("the calling thread was interrupted");
        interrupted.bytesTransferred = done;
        interrupted.initCause(e);
        throw interrupted;
      }
      if (count < 0) {
        throw new IOException("the process does not read its stdin any more");
      }
      done += count;
    }
  }

  /** End of file for the process. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      input.close();
    }
  }
}

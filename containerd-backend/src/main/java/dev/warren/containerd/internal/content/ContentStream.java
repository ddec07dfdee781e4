package dev.warren.containerd.internal.content;

import com.google.protobuf.ByteString;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.content.ReadContentResponse;
import dev.warren.containerd.internal.client.ContainerdClient;
import java.io.InputStream;
import java.util.Iterator;

/** Content of the daemon as a stream; closing it frees the content. Not thread-safe. */
public final class ContentStream extends InputStream {
  private final ContainerdClient client;
  private final String subject;
  private final Iterator<ReadContentResponse> parts;
  private final Runnable release;
  private ByteString current = ByteString.EMPTY;
  private int position;
  private boolean closed;

  public ContentStream(
      ContainerdClient client,
      String subject,
      Iterator<ReadContentResponse> parts,
      Runnable release) {
    this.client = client;
    this.subject = subject;
    this.parts = parts;
    this.release = release;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    if (closed) {
      throw SandboxException.of(Code.CLOSED, "export", subject)
          .detail("the stream was closed")
          .build();
    }
    if (length == 0) {
      return 0;
    }
    while (position == current.size()) {
      if (!client.call("export", subject, parts::hasNext)) {
        return -1;
      }
      current = parts.next().getData();
      position = 0;
    }
    int count = Math.min(length, current.size() - position);
    current.substring(position, position + count).copyTo(buffer, offset);
    position += count;
    return count;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      current = ByteString.EMPTY;
      position = 0;
      release.run();
    }
  }
}

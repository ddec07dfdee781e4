package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.ProcessInput;
import dev.warren.bridge.v1.StdinClose;
import dev.warren.bridge.v1.StdinData;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What was written to a process and is not yet accepted by its bridge. It is kept until then, so
 * that after a lost connection it can be sent again from where the bridge stands. Not thread-safe.
 */
final class StdinBuffer {
  private static final int FRAME = 64 << 10;

  private final ArrayDeque<ByteString> kept = new ArrayDeque<>();
  private long start; // offset of the first kept byte
  private long end;
  private long sent;
  private long accepted;
  private long window;
  private boolean closing;
  private boolean closeSent;
  private boolean broken;

  /** Whether a writer may add more; what it adds is then bounded by what it adds at a time. */
  boolean hasRoom() {
    return broken || end - accepted < window;
  }

  /** How much a writer may add without exceeding the bridge's window. */
  long room() {
    return Math.max(0, window - (end - accepted));
  }

  boolean isBroken() {
    return broken;
  }

  boolean isClosing() {
    return closing;
  }

  void add(ByteString data) {
    if (!broken && !data.isEmpty()) {
      kept.add(data);
      end += data.size();
    }
  }

  /** Nothing more will be added. */
  void close() {
    closing = true;
  }

  /** A new stream: the bridge has everything below an offset, and nothing is on its way. */
  void attached(long acceptedByBridge, boolean closed, int bridgeWindow, boolean first) {
    window = bridgeWindow;
    if (first && kept.isEmpty()) {
      start = acceptedByBridge; // somebody else wrote what is before
      end = Math.max(end, acceptedByBridge);
    }
    accepted(acceptedByBridge, false);
    sent = accepted;
    closeSent = closing && closed && accepted >= end;
    broken |= closed && !closing;
  }

  void accepted(long offset, boolean refused) {
    accepted = Math.max(accepted, Math.min(offset, end));
    sent = Math.max(sent, accepted);
    broken |= refused;
    while (!kept.isEmpty() && (broken || start + kept.peekFirst().size() <= accepted)) {
      start += kept.removeFirst().size();
    }
  }

  /** The next frame to send now; {@code null} when there is none. */
  @Nullable ProcessInput next() {
    if (broken) {
      return null;
    }
    if (sent < end) {
      long allowed = accepted + window - sent;
      if (allowed <= 0) {
        return null;
      }
      ByteString data = at(sent, (int) Math.min(allowed, FRAME));
      StdinData.Builder frame = StdinData.newBuilder().setOffset(sent).setData(data);
      sent += data.size();
      return ProcessInput.newBuilder().setStdin(frame).build();
    }
    if (closing && !closeSent) {
      closeSent = true;
      return ProcessInput.newBuilder()
          .setStdinClose(StdinClose.newBuilder().setOffset(end))
          .build();
    }
    return null;
  }

  /** Sends all that may be sent now. */
  void sendTo(ProcessStream stream) {
    for (ProcessInput frame = next(); frame != null; frame = next()) {
      stream.send(frame);
    }
  }

  private ByteString at(long offset, int limit) {
    long position = start;
    for (Iterator<ByteString> pieces = kept.iterator(); pieces.hasNext(); ) {
      ByteString piece = pieces.next();
      if (offset < position + piece.size()) {
        int from = (int) (offset - position);
        return piece.substring(from, Math.min(piece.size(), from + limit));
      }
      position += piece.size();
    }
    throw new IllegalStateException("no byte is kept at " + offset);
  }
}

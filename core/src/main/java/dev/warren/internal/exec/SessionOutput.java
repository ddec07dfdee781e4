package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.Exit;
import dev.warren.bridge.v1.Gap;
import dev.warren.bridge.v1.LongLine;
import dev.warren.bridge.v1.Output;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.ProcessInput;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The output half of a session: hands what is new to the sink, asks for more while that has room,
 * and tells the bridge what it may forget. Thread-safe.
 *
 * <p>Frames come one at a time, on the session's executor; the sink gets them without any lock.
 * This object's monitor guards what frames, readers and the timer share: the stream, what is owed
 * to it, and how far was consumed and acknowledged. It may be taken under the session's lock and
 * never calls back into the session or the input; only a stream's monitor, and what a sink needs to
 * say whether it is full, is taken under it.
 */
final class SessionOutput {
  private static final int ACK_BYTES = 128 << 10;

  private final ProcessTarget target;
  private final OutputSink sink;
  private final OutputOffsets offsets;
  private @Nullable ProcessStream stream;
  private boolean live; // the stream has answered
  private int owed; // frames to ask for once the sink has room
  private boolean ended;
  private boolean ackDue;

  SessionOutput(ProcessTarget target, OutputSink sink) {
    this.target = target;
    this.sink = sink;
    this.offsets = new OutputOffsets(target.first().hasAttach());
  }

  /** A stream begins; it is not live before it has answered. */
  synchronized void begins(ProcessStream next) {
    stream = next;
    live = false;
    owed = 0;
  }

  synchronized void attached() {
    live = true;
  }

  synchronized void lost() {
    stream = null;
  }

  synchronized void end() {
    ended = true;
  }

  void output(Output frame) throws OutputOffsets.HoleException {
    ByteString data = offsets.output(frame);
    if (!data.isEmpty()) {
      sink.output(OutputOffsets.isStderr(frame.getStream()), data);
    }
  }

  void gap(Gap frame) throws OutputOffsets.HoleException {
    long bytes = offsets.gap(frame);
    if (bytes > 0) {
      sink.gap(OutputOffsets.isStderr(frame.getStream()), bytes);
    }
  }

  void longLine(LongLine line) throws OutputOffsets.HoleException {
    if (offsets.longLine(line)) {
      boolean stderr = OutputOffsets.isStderr(line.getStream());
      sink.longLine(stderr, line.getLength(), line.getHead(), line.getTail());
    }
  }

  /** What is missing when this is the end. For the thread that handles frames. */
  Optional<String> missingAt(Exit exit) {
    return offsets.missingAt(exit);
  }

  /**
   * A frame was handled: asks for the next, and acknowledges when that is worth a message.
   *
   * @return whether {@link #acknowledgeLate} has to be called in a while
   */
  synchronized boolean consumed(ProcessStream from) {
    if (from != stream || ended) {
      return false;
    }
    offsets.consume();
    if (sink.isFull()) {
      owed++;
    } else {
      from.request(1);
    }
    long unacknowledged = offsets.unacknowledged();
    if (unacknowledged >= Math.min(ACK_BYTES, target.journalBytes() / 8)) {
      acknowledge();
    } else if (unacknowledged > 0 && !ackDue && !target.attended()) {
      ackDue = true;
      return true;
    }
    return false;
  }

  synchronized void acknowledgeLate() {
    ackDue = false;
    acknowledge();
  }

  /** Tells the bridge what was consumed, where a stream is there for it. */
  synchronized void acknowledge() {
    if (stream != null && live && offsets.unacknowledged() > 0) {
      stream.send(ProcessInput.newBuilder().setAck(offsets.acknowledge()).build());
    }
  }

  /** The sink has room again. */
  synchronized void resume() {
    if (owed > 0 && stream != null && !sink.isFull()) {
      stream.request(owed);
      owed = 0;
    }
  }

  /** To go on where this client stands. */
  synchronized ProcessAttach.Builder attach() {
    return offsets.attach();
  }
}

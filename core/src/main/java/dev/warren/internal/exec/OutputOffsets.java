package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.Ack;
import dev.warren.bridge.v1.Exit;
import dev.warren.bridge.v1.Gap;
import dev.warren.bridge.v1.LongLine;
import dev.warren.bridge.v1.Output;
import dev.warren.bridge.v1.ProcessAttach;
import dev.warren.bridge.v1.Stream;
import java.util.Optional;

/**
 * How far the output of a process was received, consumed and acknowledged, and that nothing is
 * missing between. What is received is known to the thread that handles frames only; the rest, from
 * {@link #consume} on, is guarded by the monitor of the session's output.
 */
final class OutputOffsets {
  private final boolean adopting;
  private final long[] received = new long[2];
  private final long[] consumed = new long[2];
  private final long[] acknowledged = new long[2];

  /**
   * @param adopting whether other clients came before: what is gone at the beginning they consumed
   */
  OutputOffsets(boolean adopting) {
    this.adopting = adopting;
  }

  static boolean isStderr(Stream stream) {
    return stream == Stream.STREAM_STDERR;
  }

  private static int index(Stream stream) {
    return isStderr(stream) ? 1 : 0;
  }

  /** The part of a frame that is new; a stream that goes on may repeat some. */
  ByteString output(Output frame) throws HoleException {
    int known = advance(frame.getStream(), frame.getOffset(), frame.getData().size());
    return frame.getData().substring(known);
  }

  /** How many bytes are gone that were not known to be. */
  long gap(Gap frame) throws HoleException {
    int stream = index(frame.getStream());
    if (frame.getFrom() > received[stream]) {
      throw new HoleException(frame.getStream(), received[stream], frame.getFrom());
    }
    boolean before = adopting && received[stream] == 0;
    long lost = Math.max(0, frame.getTo() - received[stream]);
    received[stream] += lost;
    return before ? 0 : lost;
  }

  /**
   * @return whether it is new
   */
  boolean longLine(LongLine frame) throws HoleException {
    int stream = index(frame.getStream());
    if (frame.getOffset() > received[stream]) {
      throw new HoleException(frame.getStream(), received[stream], frame.getOffset());
    }
    long end = frame.getOffset() + frame.getLength();
    boolean unknown = end > received[stream];
    received[stream] = Math.max(received[stream], end);
    return unknown;
  }

  private int advance(Stream name, long offset, int length) throws HoleException {
    int stream = index(name);
    if (offset > received[stream]) {
      throw new HoleException(name, received[stream], offset);
    }
    int known = (int) Math.min(length, received[stream] - offset);
    received[stream] += length - known;
    return known;
  }

  /** What is missing when this is the end. */
  Optional<String> missingAt(Exit exit) {
    long missing = exit.getStdoutBytes() - received[0] + exit.getStderrBytes() - received[1];
    return missing > 0
        ? Optional.of("its output ended " + missing + " bytes too early")
        : Optional.empty();
  }

  /** All that was received was also consumed. */
  void consume() {
    consumed[0] = received[0];
    consumed[1] = received[1];
  }

  long unacknowledged() {
    return consumed[0] - acknowledged[0] + consumed[1] - acknowledged[1];
  }

  Ack acknowledge() {
    acknowledged[0] = consumed[0];
    acknowledged[1] = consumed[1];
    return Ack.newBuilder().setStdoutOffset(consumed[0]).setStderrOffset(consumed[1]).build();
  }

  /** To go on where this client stands. */
  ProcessAttach.Builder attach() {
    return ProcessAttach.newBuilder().setStdoutOffset(consumed[0]).setStderrOffset(consumed[1]);
  }

  /** Bytes are missing and no gap was reported. */
  static final class HoleException extends Exception {
    private static final long serialVersionUID = 1L;

    HoleException(Stream stream, long expected, long got) {
      super(
          "bytes are missing in its "
              + (isStderr(stream) ? "stderr" : "stdout")
              + ": "
              + expected
              + " was to be followed by more, but "
              + got
              + " came next");
    }
  }
}

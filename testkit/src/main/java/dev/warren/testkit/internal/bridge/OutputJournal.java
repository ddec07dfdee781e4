package dev.warren.testkit.internal.bridge;

import com.google.protobuf.ByteString;
import dev.warren.bridge.v1.LongLine;
import dev.warren.bridge.v1.Output;
import dev.warren.bridge.v1.ProcessOutput;
import dev.warren.bridge.v1.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a process wrote to one stream. It keeps everything, so that there are no gaps and no
 * process waits for its client. Guarded by the process's monitor.
 */
final class OutputJournal {
  private static final int FRAME = 32 << 10;
  private static final int ENDS = 4 << 10;

  private final Stream stream;
  private final boolean lines;
  private final long maxLine;
  private ByteString bytes = ByteString.EMPTY;

  OutputJournal(Stream stream, boolean lines, long maxLine) {
    this.stream = stream;
    this.lines = lines;
    this.maxLine = maxLine;
  }

  void append(byte[] data, int from, int length) {
    bytes = bytes.concat(ByteString.copyFrom(data, from, length));
  }

  int size() {
    return bytes.size();
  }

  ByteString tail(int length) {
    return bytes.substring(Math.max(0, bytes.size() - length));
  }

  /**
   * The frames from an offset on.
   *
   * @param ended whether a last line without its line feed is delivered
   */
  List<ProcessOutput> frames(int from, boolean ended) {
    List<ProcessOutput> frames = new ArrayList<>();
    int at = from;
    while (at < bytes.size()) {
      int end = Math.min(bytes.size(), at + FRAME);
      if (lines) {
        int lineEnd = lineEnd(at);
        if (lineEnd < 0 && !ended) {
          break;
        }
        end = lineEnd < 0 ? bytes.size() : lineEnd;
      }
      frames.add(frame(at, end));
      at = end;
    }
    return frames;
  }

  private int lineEnd(int from) {
    for (int i = from; i < bytes.size(); i++) {
      if (bytes.byteAt(i) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private ProcessOutput frame(int from, int end) {
    ByteString data = bytes.substring(from, end);
    if (lines && data.size() > maxLine) {
      return ProcessOutput.newBuilder()
          .setLongLine(
              LongLine.newBuilder()
                  .setStream(stream)
                  .setOffset(from)
                  .setLength(data.size())
                  .setHead(data.substring(0, Math.min(ENDS, data.size())))
                  .setTail(data.substring(Math.max(0, data.size() - ENDS))))
          .build();
    }
    return ProcessOutput.newBuilder()
        .setOutput(Output.newBuilder().setStream(stream).setOffset(from).setData(data))
        .build();
  }

  /** Where the frame after this one begins. */
  static int after(ProcessOutput frame) {
    return (int)
        (frame.hasLongLine()
            ? frame.getLongLine().getOffset() + frame.getLongLine().getLength()
            : frame.getOutput().getOffset() + frame.getOutput().getData().size());
  }
}

package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ExecResult;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import org.jspecify.annotations.Nullable;

/** Collects the result of a command. For one thread. */
final class CaptureSink implements OutputSink {
  private final OutputCapture stdout;
  private final OutputCapture stderr;
  private @Nullable ProcessExit exit;
  private @Nullable SandboxException failure;

  CaptureSink(int limit) {
    this.stdout = new OutputCapture(limit);
    this.stderr = new OutputCapture(limit);
  }

  /** Whether the end is known, or that it cannot be. */
  boolean isDone() {
    return exit != null || failure != null;
  }

  /**
   * @throws SandboxException when the end cannot be known
   */
  ExecResult result() {
    if (exit == null) {
      throw failure == null ? new IllegalStateException("the command has not ended") : failure;
    }
    return new ExecResult(exit, stdout.captured(), stderr.captured());
  }

  private OutputCapture of(boolean isStderr) {
    return isStderr ? stderr : stdout;
  }

  @Override
  public void output(boolean isStderr, ByteString data) {
    of(isStderr).add(data);
  }

  @Override
  public void gap(boolean isStderr, long bytes) {
    of(isStderr).skip(bytes);
  }

  @Override
  public void longLine(boolean isStderr, long length, ByteString head, ByteString tail) {
    OutputCapture capture = of(isStderr);
    capture.add(head);
    capture.skip(length - head.size() - tail.size());
    capture.add(tail);
  }

  @Override
  public void exited(ProcessExit value) {
    exit = value;
  }

  @Override
  public void failed(SandboxException value) {
    failure = value;
  }
}

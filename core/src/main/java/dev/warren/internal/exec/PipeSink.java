package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Lets a process's output be read as streams. Each holds up to 1 MiB that nobody has read; while
 * one is full, the other gets nothing new either, because both come over one call. Thread-safe.
 */
final class PipeSink implements OutputSink {
  private final OutputPipe stdout = new OutputPipe(this::drained);
  private final OutputPipe stderr = new OutputPipe(this::drained);
  private final String subject;
  private volatile @Nullable SessionOutput source;

  PipeSink(String subject) {
    this.subject = subject;
  }

  /** Whom to tell when there is room again. */
  void feeds(SessionOutput from) {
    source = from;
  }

  OutputPipe pipe(boolean isStderr) {
    return isStderr ? stderr : stdout;
  }

  private void drained() {
    SessionOutput from = source;
    if (from != null) {
      from.resume();
    }
  }

  @Override
  public boolean isFull() {
    return stdout.isFull() || stderr.isFull();
  }

  @Override
  public void output(boolean isStderr, ByteString data) {
    pipe(isStderr).add(data.asReadOnlyByteBuffer());
  }

  @Override
  public void gap(boolean isStderr, long bytes) {
    hole(isStderr, bytes + " bytes were dropped while nobody was attached");
  }

  @Override
  public void longLine(boolean isStderr, long length, ByteString head, ByteString tail) {
    hole(isStderr, "a line of " + length + " bytes was over the limit");
  }

  private void hole(boolean isStderr, String detail) {
    SandboxException missing =
        SandboxException.of(Code.DATA_LOSS, "read output of", subject).detail(detail).build();
    pipe(isStderr).addHole(new IOException(missing.getMessage(), missing));
  }

  @Override
  public void exited(ProcessExit exit) {
    stdout.end(null);
    stderr.end(null);
  }

  @Override
  public void failed(SandboxException failure) {
    stdout.end(failure);
    stderr.end(failure);
  }
}

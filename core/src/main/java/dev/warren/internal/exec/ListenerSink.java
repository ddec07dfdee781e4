package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ProcessExit;
import dev.warren.ProcessListener;
import dev.warren.SandboxException;

/** Hands output to a listener of the application. As thread-safe as its listener. */
record ListenerSink(ProcessListener listener) implements OutputSink {
  @Override
  public void output(boolean stderr, ByteString data) {
    if (stderr) {
      listener.stderr(data.toByteArray());
    } else {
      listener.stdout(data.toByteArray());
    }
  }

  @Override
  public void gap(boolean stderr, long bytes) {
    listener.gap(stderr, bytes);
  }

  @Override
  public void longLine(boolean stderr, long length, ByteString head, ByteString tail) {
    listener.longLine(length, head.toByteArray(), tail.toByteArray());
  }

  @Override
  public void exited(ProcessExit exit) {
    listener.exited(exit);
  }

  @Override
  public void failed(SandboxException failure) {
    listener.failed(failure);
  }
}

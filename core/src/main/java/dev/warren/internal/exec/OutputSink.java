package dev.warren.internal.exec;

import com.google.protobuf.ByteString;
import dev.warren.ProcessExit;
import dev.warren.SandboxException;

/** Where the output of a process goes. Calls come one at a time. */
interface OutputSink {
  void output(boolean stderr, ByteString data);

  void gap(boolean stderr, long bytes);

  void longLine(boolean stderr, long length, ByteString head, ByteString tail);

  void exited(ProcessExit exit);

  void failed(SandboxException failure);

  /**
   * Whether it wants no more for now; it then calls {@link SessionOutput#resume} later. For any
   * thread.
   */
  default boolean isFull() {
    return false;
  }
}

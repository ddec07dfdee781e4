package dev.warren.mcp.internal.rpc;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.mcp.channel.ServerExit;
import org.jspecify.annotations.Nullable;

/** Why a connection takes no more calls, and the error that says so. */
record PeerEnd(Code code, String detail, @Nullable Throwable cause) {
  private static final int SHOWN_STDERR = 1024;

  static PeerEnd closed() {
    return new PeerEnd(Code.CLOSED, "the connection was closed", null);
  }

  static PeerEnd broken(String detail, @Nullable Throwable cause) {
    return new PeerEnd(Code.UNAVAILABLE, detail, cause);
  }

  /** The process has ended; its last words are those of the exit, or else what we kept. */
  static PeerEnd exited(ServerExit exit, String keptStderr) {
    String stderr = exit.stderr().orElse(keptStderr).strip();
    String shown = stderr.substring(Math.max(0, stderr.length() - SHOWN_STDERR));
    String words = shown.isEmpty() ? "" : "; its stderr ended with: " + LogText.escape(shown);
    Throwable cause = exit instanceof ServerExit.Lost lost ? lost.cause() : null;
    return new PeerEnd(Code.UNAVAILABLE, "the server has ended: " + exit + words, cause);
  }

  SandboxException failure(String operation, String subject) {
    return SandboxException.of(code, operation, subject).detail(detail).cause(cause).build();
  }
}

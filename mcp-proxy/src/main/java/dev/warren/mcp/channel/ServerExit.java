package dev.warren.mcp.channel;

import dev.warren.SandboxException;
import java.util.Optional;

/** How an MCP server's process came to its end. */
public sealed interface ServerExit {

  /**
   * The process has ended.
   *
   * @param code its exit code, or 128 + signal
   * @param signal that ended it; 0 when it exited by itself
   * @param outOfMemory the kernel ended it because memory was exhausted
   * @param stderrTail the last 8 KiB of stderr at most, as far as the channel kept it
   */
  record Exited(int code, int signal, boolean outOfMemory, String stderrTail)
      implements ServerExit {
    /** Leaves the output out. */
    @Override
    public String toString() {
      String how = signal == 0 ? "exit code " + code : "signal " + signal;
      return outOfMemory ? how + ", out of memory" : how;
    }
  }

  /**
   * The process is out of reach: its sandbox has gone or restarted, another client took it over.
   */
  record Lost(SandboxException cause) implements ServerExit {
    @Override
    public String toString() {
      return "out of reach (" + cause.code() + ")";
    }
  }

  /** The tail of stderr where there is one. */
  default Optional<String> stderr() {
    return this instanceof Exited exited && !exited.stderrTail().isEmpty()
        ? Optional.of(exited.stderrTail())
        : Optional.empty();
  }
}

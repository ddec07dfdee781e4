package dev.warren;

/**
 * Receives what a process writes. Calls come one at a time, in order, on a thread of Warren;
 * blocking in one slows the process down and nothing else. The last call is either {@link #exited}
 * or {@link #failed}.
 */
public interface ProcessListener {

  /** Bytes of stdout; in line mode whole lines, of which only the stream's last may lack its LF. */
  default void stdout(byte[] data) {}

  default void stderr(byte[] data) {}

  /** Output that is gone: it was dropped while nobody was attached. */
  default void gap(boolean stderr, long bytes) {}

  /**
   * A line of stdout over the limit.
   *
   * @param length in bytes, with its LF
   * @param head its first 4 KiB at most
   * @param tail its last 4 KiB at most
   */
  default void longLine(long length, byte[] head, byte[] tail) {}

  /** The process has ended, and all its output was delivered. */
  default void exited(ProcessExit exit) {}

  /**
   * The process is out of reach: another client took it over ({@code CONFLICT}), the sandbox is
   * gone or was restarted ({@code UNAVAILABLE}, {@code CONFLICT}).
   */
  default void failed(SandboxException failure) {}
}

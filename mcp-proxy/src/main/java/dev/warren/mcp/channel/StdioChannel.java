package dev.warren.mcp.channel;

import java.io.IOException;

/**
 * The standard streams of one running MCP server. What it writes goes to the {@link Receiver}; a
 * connection that is lost and made again is no business of the user of this interface: no byte is
 * lost, repeated or reordered, or else the channel ends.
 *
 * <p>{@link #write} and {@link #closeInput} are for one thread at a time; the rest is thread-safe.
 */
public interface StdioChannel {

  /**
   * Writes all bytes to the server's stdin. Blocks while the server does not read; an interrupt, or
   * {@link #kill}, ends that.
   *
   * @throws IOException when the server has closed its stdin, has ended or was interrupted; how
   *     much was written is unknown then, and nothing more can be written
   */
  void write(byte[] bytes, int offset, int length) throws IOException;

  /** End of file for the server, which is how it is asked to end. Does nothing the second time. */
  void closeInput();

  /** Asks all processes of the server to end: SIGTERM. Does not wait. */
  void terminate();

  /** Ends all processes of the server: SIGKILL. Does not wait; {@link Receiver#ended} follows. */
  void kill();

  /** What of the process is worth a log line: where it runs and its name, no arguments. */
  @Override
  String toString();

  /**
   * Takes what a server writes. Calls come one at a time and in order, on a thread of the channel;
   * blocking in one slows the server down. The last call is {@link #ended}.
   */
  interface Receiver {

    /** Bytes of stdout, cut anywhere. The array belongs to the receiver from now on. */
    void stdout(byte[] bytes);

    /**
     * A line of stdout that was longer than the channel carries; it takes the place of its bytes.
     *
     * @param length in bytes, with its LF
     * @param head its first bytes, at most 4 KiB
     * @param tail its last bytes, at most 4 KiB
     */
    void longLine(long length, byte[] head, byte[] tail);

    /**
     * The server has closed its stdout, but has not ended. Need not be called when {@link #ended}
     * follows at once.
     */
    default void stdoutClosed() {}

    /** Bytes of stderr, cut anywhere; some may have been dropped where nobody kept up. */
    void stderr(byte[] bytes);

    /** The server has ended, or is out of reach for good; all it wrote was delivered. */
    void ended(ServerExit exit);
  }
}

package dev.warren.internal.connection;

/** Hands out the live connection to one bot's bridge, and opens it where there is none. */
public interface ConnectionSource {

  /**
   * The reason of an error that says that there is nothing to connect to: the sandbox has ended.
   */
  String NOT_RUNNING = "NOT_RUNNING";

  /**
   * Borrows the connection; it is not closed while it is borrowed.
   *
   * @param operation what it is for, for error messages
   * @throws dev.warren.SandboxException {@code NOT_FOUND} when the bot has no sandbox, {@code
   *     UNAVAILABLE} when it does not run (reason {@link #NOT_RUNNING}) or does not answer, {@code
   *     CLOSED}
   */
  Lease lease(String operation);

  /** A borrowed connection. */
  interface Lease extends AutoCloseable {
    BridgeConnection connection();

    /** Tells that the connection failed, so that the next lease looks at the sandbox anew. */
    void invalidate();

    @Override
    void close();
  }
}

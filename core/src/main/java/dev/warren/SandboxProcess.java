package dev.warren;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A process in a sandbox to which this client is attached.
 *
 * <p>A lost connection is made up for: the client attaches again and goes on where it was, without
 * losing, repeating or reordering a byte in either direction.
 *
 * <p>Thread-safe, except that each stream is for one thread.
 */
public interface SandboxProcess extends AutoCloseable {

  /** The id to attach with later. */
  String id();

  /** The pid inside the sandbox. */
  long pid();

  /**
   * What the process reads. Writes block while the process does not read, and can be interrupted.
   * Closing it is end of file. Once the process has closed its stdin, or ended, writes fail with
   * {@code IOException}.
   */
  OutputStream stdin();

  /**
   * What it writes. Up to 1 MiB that nobody has read is held here; beyond that the other stream
   * gets nothing new either, and the process waits. Close the one you do not need. A gap or a line
   * over the limit is an {@code IOException} where it is; what follows can be read after it.
   *
   * @throws IllegalStateException when the process was started with a listener
   */
  InputStream stdout();

  /** See {@link #stdout()}. */
  InputStream stderr();

  /** Tells the terminal's new size; without one it is {@code CONFLICT}. */
  void resize(int columns, int rows);

  /** Sends a signal to its process group. */
  void signal(int number);

  /** Ends the whole tree; {@link #onExit} then completes with {@code CANCELLED}. Does not wait. */
  void cancel();

  /**
   * Completes with its end, or exceptionally with a {@link SandboxException} when that cannot be
   * known. Cancelling the future does nothing to the process.
   */
  CompletableFuture<ProcessExit> onExit();

  /**
   * Waits for its end.
   *
   * @throws SandboxException {@code TIMEOUT}, and the process goes on; {@code CANCELLED} on
   *     interrupt; those of {@link #onExit}
   */
  ProcessExit await(Duration timeout);

  /**
   * Leaves it running; someone can attach to it with its id. Only kept processes last. What {@link
   * #stdout()} and {@link #stderr()} hold and nobody has read counts as consumed. {@link #onExit}
   * and the listener end with {@code CLOSED}.
   */
  void detach();

  /** Detaches from a kept process; cancels any other and waits for its end, up to 10 seconds. */
  @Override
  void close();
}

package dev.warren.engine.internal.check;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;

/** Whether a runtime is still open. Thread-safe. */
public final class OpenCheck {
  private final String backend;
  private volatile boolean closed;

  /**
   * @param backend how errors call the runtime
   */
  public OpenCheck(String backend) {
    this.backend = backend;
  }

  /** From now on {@link #require} fails. */
  public void close() {
    closed = true;
  }

  /**
   * Gives a part of the runtime to a caller.
   *
   * @throws SandboxException {@code CLOSED}
   */
  public <T> T require(T part) {
    if (closed) {
      throw SandboxException.of(Code.CLOSED, "use runtime", "")
          .backend(backend)
          .detail("it was closed")
          .build();
    }
    return part;
  }
}

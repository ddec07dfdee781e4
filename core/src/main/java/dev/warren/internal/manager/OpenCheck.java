package dev.warren.internal.manager;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a manager still takes work. Thread-safe. */
public final class OpenCheck {
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Refuses new work from now on; false when that was so already. */
  public boolean close() {
    return closed.compareAndSet(false, true);
  }

  /**
   * Lets an operation begin.
   *
   * @throws SandboxException {@code CLOSED}
   */
  public void require(String operation, String subject) {
    if (closed.get()) {
      throw SandboxException.of(Code.CLOSED, operation, subject)
          .detail("the manager was closed")
          .build();
    }
  }
}

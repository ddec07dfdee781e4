package dev.warren.testkit.internal.fake;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;

/** What every call to the fake goes through first. Thread-safe. */
public final class Gate {
  private final Faults faults;
  private volatile boolean closed;

  public Gate(Faults faults) {
    this.faults = faults;
  }

  /** Counts a call and lets it fail where a test wants that. */
  @FunctionalInterface
  public interface Faults {
    void before(String operation, String subject) throws InterruptedException;
  }

  /** A step that may be interrupted. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws InterruptedException;
  }

  public void close() {
    closed = true;
  }

  public boolean closed() {
    return closed;
  }

  /**
   * @throws SandboxException {@code CLOSED}, {@code CANCELLED}, and what a test injected
   */
  public void enter(String operation, String subject) {
    if (closed) {
      throw FakeError.of(Code.CLOSED, operation, subject, "the runtime was closed");
    }
    interruptibly(
        operation,
        subject,
        () -> {
          if (Thread.interrupted()) {
            throw new InterruptedException();
          }
          faults.before(operation, subject);
          return 0;
        });
  }

  <T> T interruptibly(String operation, String subject, Step<T> step) {
    try {
      return step.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, operation, subject)
          .backend(FakeError.BACKEND)
          .detail("the thread was interrupted")
          .cause(e)
          .build();
    }
  }
}

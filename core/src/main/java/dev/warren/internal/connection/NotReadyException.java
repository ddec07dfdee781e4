package dev.warren.internal.connection;

import dev.warren.SandboxException;

/** The bridge cannot be reached yet; trying again in a moment may help. */
final class NotReadyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final SandboxException failure;
  private final boolean refusal;

  /**
   * @param failure what to report when the time is over
   * @param refusal whether somebody answered, and refused
   */
  NotReadyException(SandboxException failure, boolean refusal) {
    super(failure.getMessage(), failure, false, false);
    this.failure = failure;
    this.refusal = refusal;
  }

  SandboxException failure() {
    return failure;
  }

  boolean refusal() {
    return refusal;
  }
}

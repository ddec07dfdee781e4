package dev.warren.testkit.internal.bridge;

import org.jspecify.annotations.Nullable;

/** How bridges misbehave, for all bridges of a fake. Thread-safe. */
public final class Misbehaviour {
  private volatile boolean silent;
  private volatile boolean forged;
  private volatile boolean brokenExports;
  private volatile @Nullable String sandbox;
  private volatile int protocol = 1;

  public void silent(boolean value) {
    silent = value;
  }

  public void forged(boolean value) {
    forged = value;
  }

  public void claim(@Nullable String value) {
    sandbox = value;
  }

  public void protocol(int value) {
    protocol = value;
  }

  public void brokenExports(boolean value) {
    brokenExports = value;
  }

  /** Whether archives end before their summary. */
  boolean brokenExports() {
    return brokenExports;
  }

  boolean silent() {
    return silent;
  }

  /** Whether signatures are made with a key that is not the bridge's. */
  boolean forged() {
    return forged;
  }

  /** Which sandbox a bridge says it is. */
  String sandbox(String own) {
    String other = sandbox;
    return other == null ? own : other;
  }

  int protocol() {
    return protocol;
  }
}

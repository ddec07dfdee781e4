package dev.warren;

/** What a sandbox can reach, and what can reach it. */
public sealed interface Network {

  /** Only its own loopback. The host reaches the bridge through a unix socket. */
  static Network none() {
    return new None();
  }

  /** An address that the host can reach, and no way out. The default. */
  static Network isolated() {
    return new Isolated();
  }

  /** An address, and a route to whatever the host can reach. */
  static Network egress() {
    return new Egress();
  }

  /** See {@link #none()}. */
  record None() implements Network {}

  /** See {@link #isolated()}. */
  record Isolated() implements Network {}

  /** See {@link #egress()}. */
  record Egress() implements Network {}
}

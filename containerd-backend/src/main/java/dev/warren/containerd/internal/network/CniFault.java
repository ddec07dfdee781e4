package dev.warren.containerd.internal.network;

import org.jspecify.annotations.Nullable;

/** A plugin that failed. */
final class CniFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it was. */
  enum Kind {
    /** The plugin's program is not there. */
    MISSING,
    /** It could not be run, was killed, or wrote no JSON. */
    BROKEN,
    TIMEOUT,
    INTERRUPTED,
    /** There is an attachment or an allocation already. */
    EXISTS,
    /** No address is left. */
    EXHAUSTED,
    /** It reported some other error. */
    REFUSED
  }

  private final Kind kind;

  CniFault(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** Sorts the errors that plugins report; their codes do not tell these apart. */
  static CniFault reported(String plugin, String message) {
    Kind kind = Kind.REFUSED;
    if (message.contains("no IP addresses available")) {
      kind = Kind.EXHAUSTED;
    } else if (message.contains("duplicate allocation") || message.contains("already exists")) {
      kind = Kind.EXISTS;
    }
    return new CniFault(kind, "the CNI plugin '" + plugin + "' failed: " + message, null);
  }
}

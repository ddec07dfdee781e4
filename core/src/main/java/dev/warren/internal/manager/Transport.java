package dev.warren.internal.manager;

import dev.warren.spi.ContainerInfo;
import java.util.Locale;

/** How the host reaches a bridge. */
public enum Transport {
  UNIX,
  TCP;

  /** The port of a bridge that listens on TCP. */
  public static final int PORT = 9090;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Transport of(ContainerInfo container) {
    return TCP.label().equals(container.labels().get(Labels.TRANSPORT)) ? TCP : UNIX;
  }
}

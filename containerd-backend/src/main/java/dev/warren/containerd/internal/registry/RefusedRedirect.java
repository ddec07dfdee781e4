package dev.warren.containerd.internal.registry;

import java.io.IOException;

/** A registry sends us to where we do not go: a loop, or from TLS to plain http. */
final class RefusedRedirect extends IOException {
  private static final long serialVersionUID = 1L;

  RefusedRedirect(String message) {
    super(message);
  }
}

package dev.warren.containerd.internal.manifest;

import dev.warren.SandboxException.Code;
import java.io.IOException;

/** A document of an image that cannot be used. The message is fit for the caller's eyes. */
public final class MalformedImage extends IOException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  public MalformedImage(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Whether it is damaged, of an unknown kind, or for another machine. */
  public Code code() {
    return code;
  }
}

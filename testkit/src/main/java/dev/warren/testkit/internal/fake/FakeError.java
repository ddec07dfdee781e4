package dev.warren.testkit.internal.fake;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.io.IOException;

/** Makes the fake's exceptions. Stateless. */
public final class FakeError {
  public static final String BACKEND = "fake";

  private FakeError() {}

  static SandboxException of(Code code, String operation, String subject, String detail) {
    return SandboxException.of(code, operation, subject).backend(BACKEND).detail(detail).build();
  }

  static SandboxException io(String operation, String subject, IOException cause) {
    return SandboxException.of(Code.INTERNAL, operation, subject)
        .backend(BACKEND)
        .detail("a file of the fake's temporary directory could not be used")
        .cause(cause)
        .build();
  }
}

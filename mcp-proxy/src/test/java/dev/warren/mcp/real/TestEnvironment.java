package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** What {@code scripts/engines env} and {@code scripts/mcp-servers env} print. */
final class TestEnvironment {
  private TestEnvironment() {}

  /** Skips the test where the variable is not set, but fails it in CI, where it must be. */
  static String require(String name) {
    String value = System.getenv(name);
    if (value != null && !value.isBlank()) {
      return value;
    }
    String reason = name + " is not set: this test needs a containerd and MCP servers of its own";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}

package dev.warren.containerd.internal.client;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;

/**
 * The engine, the registry and the image that engine tests use.
 *
 * @param socket of a containerd that tests may fill and empty
 * @param registry host and port, plain http on loopback
 * @param image a busybox image in that registry
 */
public record TestEngine(Path socket, String registry, String image) {

  /** Skips the test where the variables are not set, but fails it in CI, where they must be. */
  public static TestEngine require() {
    return new TestEngine(
        Path.of(variable("WARREN_TEST_CONTAINERD")),
        variable("WARREN_TEST_REGISTRY"),
        variable("WARREN_TEST_IMAGE"));
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value != null && !value.isBlank()) {
      return value;
    }
    String reason = name + " is not set: this test needs a containerd and a registry of its own";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}

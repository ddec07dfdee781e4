package dev.warren.docker;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A Docker daemon that tests may fill and empty, as {@code scripts/engines} starts them.
 *
 * @param tls the directory of the client's certificates, for TCP
 * @param image a busybox image that the engine can pull
 */
public record EngineUnderTest(String address, Optional<Path> tls, String image) {
  /** What tests lock that use {@link #local()}: they count and delete what is there. */
  public static final String LOCAL = "docker";

  /** What tests lock that use {@link #remote()}. */
  public static final String REMOTE = "docker-remote";

  private static final int SUBNETS = 32;

  /** The one on this machine. Skips the test where there is none, but fails it in CI. */
  public static EngineUnderTest local() {
    return new EngineUnderTest(
        variable("WARREN_TEST_DOCKER"), Optional.empty(), variable("WARREN_TEST_IMAGE"));
  }

  /** One that shares nothing with this machine but a link to its own address. */
  static EngineUnderTest remote() {
    return new EngineUnderTest(
        variable("WARREN_TEST_DOCKER_REMOTE"),
        Optional.of(Path.of(variable("WARREN_TEST_DOCKER_REMOTE_TLS"))),
        variable("WARREN_TEST_DOCKER_REMOTE_IMAGE"));
  }

  /** A builder for containers of this owner; all share networks, which the engine's end removes. */
  public DockerRuntime.Builder builder(String owner) {
    DockerRuntime.Builder builder = DockerRuntime.builder().endpoint(address);
    tls.ifPresent(
        directory ->
            builder.tls(
                directory.resolve("ca.pem"),
                directory.resolve("cert.pem"),
                directory.resolve("key.pem")));
    // Engines of other test runs on this machine must not get the same.
    int number = 192 + Math.floorMod(address.hashCode(), SUBNETS);
    return builder.owner(owner).network("it").subnet("10.215." + number + ".0/24");
  }

  /** The path of a local engine's socket. */
  Path socket() {
    return Path.of(address.substring("unix://".length()));
  }

  static String variable(String name) {
    String value = System.getenv(name);
    if (value != null && !value.isBlank()) {
      return value;
    }
    String reason = name + " is not set: this test needs the private engines of scripts/engines";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}

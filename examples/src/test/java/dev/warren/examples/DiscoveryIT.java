package dev.warren.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Discovery where the artifacts of both engines are on the class path, each in a JVM of its own.
 */
@Tag("engine")
class DiscoveryIT {
  @TempDir Path directory;

  @Test
  void bothEnginesRun_theErrorNamesBoth() throws Exception {
    assertThat(discover(containerd(), docker()))
        .startsWith("CONFLICT ")
        .contains("containerd and docker are all available")
        .contains("SandboxRuntimes.open(name)");
  }

  @Test
  void oneEngineRuns_itIsTaken() throws Exception {
    assertThat(discover(containerd(), "unix://" + missing())).isEqualTo("found containerd");
    assertThat(discover(missing(), docker())).isEqualTo("found docker");
  }

  @Test
  void noEngineRuns_theReasonOfEachIsGiven_withoutPathsOfTheHost() throws Exception {
    assertThat(discover(missing(), "unix://" + missing()))
        .startsWith("UNAVAILABLE ")
        .containsSubsequence("containerd: ", "socket does not exist", "docker: ", "does not exist")
        .doesNotContain(directory.toString());
    assertThat(directory).isEmptyDirectory();
  }

  private String discover(String containerd, String docker) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Discovering.class.getName(),
            directory.resolve("state").toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("DOCKER_"));
    builder.environment().put("CONTAINERD_ADDRESS", containerd);
    builder.environment().put("DOCKER_HOST", docker);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return output(process);
  }

  private static String output(Process process) throws IOException, InterruptedException {
    byte[] output = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    return new String(output, StandardCharsets.UTF_8).strip();
  }

  private String missing() {
    return directory.resolve("no.sock").toString();
  }

  private static String containerd() {
    return variable("WARREN_TEST_CONTAINERD");
  }

  private static String docker() {
    return variable("WARREN_TEST_DOCKER");
  }

  private static String variable(String name) {
    String value = System.getenv(name);
    if (value != null && !value.isBlank()) {
      return value;
    }
    String reason = name + " is not set: this test needs the private engines of scripts/engines";
    return "true".equals(System.getenv("CI")) ? fail(reason) : abort(reason);
  }
}

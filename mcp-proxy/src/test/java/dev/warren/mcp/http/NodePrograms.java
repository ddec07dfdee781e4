package dev.warren.mcp.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What {@code scripts/mcp-servers} has installed. */
final class NodePrograms {
  private final Path directory;

  /** How a program ended. */
  record Outcome(int code, String output) {}

  private NodePrograms(Path directory) {
    this.directory = directory;
  }

  /** Skips the test where it is not installed, which fails it in CI. */
  static NodePrograms installed() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path directory = at.resolve("target/mcp-servers");
      if (Files.exists(directory.resolve("installed"))) {
        return new NodePrograms(directory);
      }
    }
    boolean ci = "true".equals(System.getenv("CI"));
    assertThat(ci).as("scripts/mcp-servers has not been run").isFalse();
    assumeTrue(false, "scripts/mcp-servers has not been run");
    throw new IllegalStateException();
  }

  /**
   * Runs a script of a package to its end.
   *
   * @param work an empty directory to run in
   */
  Outcome run(Path work, String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(directory.resolve("node").toString());
    command.add(directory.resolve("node_modules").resolve(script).toString());
    command.addAll(List.of(arguments));
    Path output = work.resolve("output");
    ProcessBuilder builder = new ProcessBuilder(command).directory(work.toFile());
    builder.redirectErrorStream(true).redirectOutput(output.toFile());
    String path = directory.toRealPath() + ":" + System.getenv("PATH");
    builder.environment().put("PATH", path);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("%s ends", script).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}

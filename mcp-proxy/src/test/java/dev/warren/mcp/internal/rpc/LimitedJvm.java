package dev.warren.mcp.internal.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own: with little memory, or another encoding. */
final class LimitedJvm {
  private LimitedJvm() {}

  /** Returns what the program wrote; it must end with 0 within two minutes. */
  static String run(Class<?> program, String argument, String... jvmOptions) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(program.getName(), argument));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new File("/dev/null"))
            .start();
    try {
      CompletableFuture<byte[]> output =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return process.getInputStream().readAllBytes();
                } catch (java.io.IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the program ended").isTrue();
      String text = new String(output.get(10, TimeUnit.SECONDS), StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as("exit code; output: %s", text).isZero();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }
}

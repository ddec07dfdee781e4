package dev.warren.doctor.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Real programs, without the environment of this process, and ended after a while. */
final class BoundedCommands implements Commands {
  private static final int MOST_BYTES = 64 << 10;
  private static final Duration LAST_READ = Duration.ofMillis(500);

  private final Duration limit;

  BoundedCommands(Duration limit) {
    this.limit = limit;
  }

  @Override
  public Optional<String> run(List<String> command, Path directory) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.put("LC_ALL", "C");
    environment.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    Process process;
    try {
      process = builder.start();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
    try {
      process.getOutputStream().close();
      return output(process);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Optional<String> output(Process process) throws InterruptedException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Thread reader = new Thread(() -> read(process.getInputStream(), output), "warren-doctor-read");
    reader.setDaemon(true);
    reader.start();
    if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) || process.exitValue() != 0) {
      return Optional.empty();
    }
    // A child may hold the pipe; what the program itself wrote is there by now.
    reader.join(LAST_READ.toMillis());
    return Optional.of(output.toString(StandardCharsets.UTF_8));
  }

  /** Reads on past the limit, so that the program does not wait for a reader. */
  private static void read(InputStream stream, ByteArrayOutputStream output) {
    byte[] bytes = new byte[8192];
    try (stream) {
      for (int count = stream.read(bytes); count >= 0; count = stream.read(bytes)) {
        output.write(bytes, 0, Math.min(count, MOST_BYTES - output.size()));
      }
    } catch (IOException e) {
      // The program was ended; what it wrote before stands.
    }
  }
}

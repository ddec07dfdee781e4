package dev.warren.internal.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Real programs, without the environment of this process, and ended after a while. */
final class BoundedCommands implements Commands {
  private static final int MOST_BYTES = 64 << 10;

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
    } catch (IOException | ExecutionException | TimeoutException e) {
      return Optional.empty();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Optional<String> output(Process process)
      throws InterruptedException, ExecutionException, TimeoutException {
    long deadline = System.nanoTime() + limit.toNanos();
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    Thread reader = new Thread(() -> read(process.getInputStream(), output), "warren-doctor-read");
    reader.setDaemon(true);
    reader.start();
    if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS) || process.exitValue() != 0) {
      return Optional.empty();
    }
    byte[] bytes = output.get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  /** Reads on past the limit, so that the program does not wait for a reader. */
  private static void read(InputStream stream, CompletableFuture<byte[]> output) {
    try (stream) {
      byte[] bytes = stream.readNBytes(MOST_BYTES);
      stream.skip(Long.MAX_VALUE);
      output.complete(bytes);
    } catch (IOException | UncheckedIOException e) {
      output.completeExceptionally(e);
    }
  }
}

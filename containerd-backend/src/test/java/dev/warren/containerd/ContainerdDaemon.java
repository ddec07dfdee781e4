package dev.warren.containerd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A containerd that a test may kill: its own directories, its own socket, no CRI. */
final class ContainerdDaemon implements AutoCloseable {
  private final Path directory;
  private final Path root;
  private Process process;

  private ContainerdDaemon(Path directory, Path root) {
    this.directory = directory;
    this.root = root;
  }

  static ContainerdDaemon start() throws IOException {
    Path directory = Files.createTempDirectory("ctd-containers-d");
    return start(directory, directory.resolve("root"));
  }

  /** With a root of the test's own, such as a small file system. */
  static ContainerdDaemon start(Path directory, Path root) throws IOException {
    ContainerdDaemon daemon = new ContainerdDaemon(directory, root);
    Files.writeString(
        directory.resolve("config.toml"),
        """
        version = 2
        root = "%s"
        state = "%s/state"
        disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
        [grpc]
          address = "%s"
        [ttrpc]
          address = "%s.ttrpc"
        [plugins."io.containerd.gc.v1.scheduler"]
          startup_delay = "0s"
          schedule_delay = "0s"
          mutation_threshold = 1
        """
            .formatted(root, directory, daemon.socket(), daemon.socket()));
    daemon.run();
    return daemon;
  }

  Path socket() {
    return directory.resolve("c.sock");
  }

  /** Starts the program, and waits until it listens. */
  void run() throws IOException {
    process =
        new ProcessBuilder("containerd", "-c", directory.resolve("config.toml").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    for (int i = 0; i < 200; i++) {
      String answer = RuntimeFixture.shell("ctr", "-a", socket().toString(), "version");
      if (answer.contains("UUID")) {
        return;
      }
      RuntimeFixture.pause(Duration.ofMillis(50));
    }
    throw new IOException(
        "containerd did not start: " + Files.readString(directory.resolve("log")));
  }

  /** As a crash would; tasks live on. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  /** As a daemon leaves it that dies before it has noted the snapshot; one that it knows stays. */
  void leaveSnapshotDirectory(int number) throws IOException {
    Path snapshots = root.resolve("io.containerd.snapshotter.v1.overlayfs/snapshots");
    Files.createDirectories(snapshots.resolve(number + "/fs"));
  }

  private void await() {
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException("containerd does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    await();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

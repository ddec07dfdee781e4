package dev.warren.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** Counts what there is, on the host and in an engine, that a sandbox may leave behind. */
final class Inventory {
  private final Map<String, Callable<Long>> counts = new LinkedHashMap<>();
  private final Options options;

  Inventory(Options options) {
    this.options = options;
    count("processes of sandboxes and their shims", Inventory::processes);
    count("mounts", () -> lines(Path.of("/proc/self/mountinfo")));
    count("network interfaces", () -> entries(Path.of("/sys/class/net")));
    count("control groups", () -> groups(Path.of("/sys/fs/cgroup")));
    count("files of the state directories", () -> files(options.work()));
    count("open files of the host", () -> entries(Path.of("/proc/self/fd")));
    count("threads of the host", () -> (long) ManagementFactory.getThreadMXBean().getThreadCount());
  }

  Inventory withContainerd() {
    // Some lists have a heading; it is in both counts.
    for (String kind : List.of("containers", "tasks", "snapshots", "leases", "content", "images")) {
      count("lines of `ctr " + kind + " ls`", () -> ctr(kind, "ls"));
    }
    return this;
  }

  Inventory withDocker() {
    count("containers", () -> docker("ps", "-aq"));
    count("images", () -> docker("images", "-aq"));
    count("networks", () -> docker("network", "ls", "-q"));
    count("volumes", () -> docker("volume", "ls", "-q"));
    return this;
  }

  Map<String, Long> take() throws Exception {
    Map<String, Long> taken = new LinkedHashMap<>();
    for (Map.Entry<String, Callable<Long>> count : counts.entrySet()) {
      taken.put(count.getKey(), count.getValue().call());
    }
    return taken;
  }

  private void count(String name, Callable<Long> counting) {
    counts.put(name, counting);
  }

  private long ctr(String... words) throws IOException, InterruptedException {
    return output(
        words, Ctr.PROGRAM, "-a", options.socket().toString(), "-n", Bots.CONTAINERD_NAMESPACE);
  }

  private long docker(String... words) throws IOException, InterruptedException {
    return output(words, Docker.program(), "-H", options.docker());
  }

  private static long output(String[] words, String... program)
      throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of(program));
    argv.addAll(List.of(words));
    Process process =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", argv) + " failed");
    }
    return text.lines().filter(line -> !line.isBlank()).count();
  }

  private static long processes() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().command().orElse(""))
        .filter(program -> program.contains("/containerd-shim") || program.endsWith("/bridge"))
        .count();
  }

  private static long lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  private static long files(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.count();
    }
  }

  /** Groups come and go while they are walked. */
  private static long groups(Path root) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      long count = 1;
      for (Path child :
          children.filter(Files::isDirectory).filter(c -> !Files.isSymbolicLink(c)).toList()) {
        count += groups(child);
      }
      return count;
    } catch (java.nio.file.NoSuchFileException | UncheckedIOException gone) {
      return 0;
    }
  }
}

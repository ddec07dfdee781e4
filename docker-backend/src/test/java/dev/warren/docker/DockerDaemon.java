package dev.warren.docker;

import dev.warren.testkit.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A daemon that a test may kill, on the containerd of {@code scripts/engines}, in namespaces,
 * groups and directories of its own. It changes neither the firewall nor the forwarding of this
 * machine.
 */
public final class DockerDaemon implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final int SUBNETS = 31;
  private static final int SUBNETS_OF_A_JVM = 6;

  private final Path directory;
  private final List<String> command = new ArrayList<>();
  private final String name;
  private final String subnet;
  private Process process;

  private DockerDaemon(Path directory, Path data, String... options) throws IOException {
    int number = COUNT.incrementAndGet();
    long pid = ProcessHandle.current().pid();
    this.directory = directory;
    this.name = "test-" + pid + "-" + number;
    // The bridges of the daemons of other JVMs and other checkouts are on this machine too.
    int first =
        Path.of("").toAbsolutePath().hashCode()
            + SUBNETS_OF_A_JVM * Integer.getInteger("it.fork", 1);
    int part = Math.floorMod(first + number % SUBNETS_OF_A_JVM, SUBNETS);
    this.subnet = "10.215." + (224 + part) + ".0/24";
    // A key that is not named would be made in /etc; only the versions that want one know the name.
    String version = shell("dockerd", "--version");
    Files.writeString(
        directory.resolve("daemon.json"),
        version.contains("version 20.")
            ? "{\"deprecated-key-path\": \"" + file("key.json") + "\"}"
            : "{}");
    command.addAll(List.of("dockerd", "--config-file", file("daemon.json"), "--host", address()));
    command.addAll(List.of("--data-root", data.toString(), "--exec-root", file("exec")));
    command.addAll(List.of("--pidfile", file("pid"), "--bridge=none", "--iptables=false"));
    command.addAll(List.of("--ip6tables=false", "--ip-masq=false", "--ip-forward=false"));
    command.addAll(List.of("--containerd", EngineUnderTest.variable("WARREN_TEST_CONTAINERD")));
    command.addAll(List.of("--containerd-namespace", name));
    command.addAll(List.of("--containerd-plugins-namespace", name + "-plugins"));
    command.addAll(List.of("--exec-opt", "native.cgroupdriver=cgroupfs"));
    command.addAll(List.of("--cgroup-parent", "/" + name));
    command.addAll(List.of(options));
  }

  public static DockerDaemon start(String... options) throws IOException {
    Path directory = Files.createTempDirectory("warren-dockerd");
    return start(directory, directory.resolve("data"), options);
  }

  /** With its data in a directory of the test's own, such as a small file system. */
  public static DockerDaemon start(Path directory, Path data, String... options)
      throws IOException {
    DockerDaemon daemon = new DockerDaemon(directory, data, options);
    daemon.run();
    return daemon;
  }

  private String file(String child) {
    return directory.resolve(child).toString();
  }

  String address() {
    return "unix://" + directory.resolve("d.sock");
  }

  String subnet() {
    return subnet;
  }

  /** A builder for containers of this owner, on networks that end with the daemon. */
  public DockerRuntime.Builder builder(String owner) {
    return DockerRuntime.builder().endpoint(address()).owner(owner).network(name).subnet(subnet);
  }

  /** Starts the program, and waits until it answers. */
  void run() throws IOException {
    // A killed one leaves it, and it may name a living process by now.
    Files.deleteIfExists(directory.resolve("pid"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
    process =
        builder
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    Eventually.within(Duration.ofSeconds(60))
        .until("dockerd answers", () -> !process.isAlive() || answers());
    if (!process.isAlive()) {
      throw new IOException("dockerd ended: " + Files.readString(directory.resolve("log")));
    }
  }

  /** It listens before it is ready, so only an answer counts. */
  private boolean answers() {
    return shell("curl", "-sm", "5", "--unix-socket", file("d.sock"), "http://localhost/_ping")
        .equals("OK");
  }

  /** As a crash would. */
  void kill() {
    process.destroyForcibly();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("dockerd does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The engine's own client, to do what others would do. */
  public String docker(String... arguments) {
    return shell(
        Stream.concat(Stream.of("docker", "--host", address()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  public static String shell(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      byte[] output = process.getInputStream().readAllBytes();
      process.waitFor();
      return new String(output, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Ends its containers and removes its traces. */
  @Override
  public void close() throws IOException {
    if (!process.isAlive()) {
      run();
    }
    String all = docker("ps", "--all", "--quiet");
    if (!all.isEmpty()) {
      docker(Stream.concat(Stream.of("rm", "--force"), all.lines()).toArray(String[]::new));
    }
    docker("network", "prune", "--force");
    process.destroy();
    await();
    String containerd = EngineUnderTest.variable("WARREN_TEST_CONTAINERD");
    shell("ctr", "--address", containerd, "namespaces", "rm", name, name + "-plugins");
    shell("umount", "--recursive", file("exec"));
    shell("umount", "--recursive", file("data"));
    try (Stream<Path> groups =
        Files.find(Path.of("/sys/fs/cgroup"), 2, (path, attributes) -> path.endsWith(name))) {
      for (Path group : groups.toList()) {
        // A group's files go with it.
        delete(group, Files::isDirectory);
      }
    }
    delete(directory, path -> true);
  }

  private static void delete(Path root, Predicate<Path> which) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(which).sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

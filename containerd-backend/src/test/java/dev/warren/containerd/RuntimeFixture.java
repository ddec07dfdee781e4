package dev.warren.containerd;

import dev.warren.ImageRef;
import dev.warren.Network;
import dev.warren.PullOptions;
import dev.warren.StateDirectory;
import dev.warren.containerd.internal.client.TestEngine;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.ContainerSpec;
import dev.warren.spi.Snapshot;
import dev.warren.spi.TaskInfo;
import dev.warren.spi.Tasks.StopOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A runtime in a namespace, a state directory and on a bridge of its own; leaves nothing. */
final class RuntimeFixture implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(30);

  private static final int BRIDGES = 249;

  /**
   * The JVMs that share the tests have bridges of their own; another checkout's begin elsewhere.
   */
  private static final int BRIDGES_OF_A_JVM = 30;

  private static final int FIRST_BRIDGE =
      Path.of("").toAbsolutePath().hashCode() + BRIDGES_OF_A_JVM * Integer.getInteger("it.fork", 1);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Path directory;
  private final Path socket;
  private final String namespace;
  private final CniOptions cni;
  private final ImageRef image;
  private ContainerdRuntime runtime;

  RuntimeFixture(Path socket, String image) {
    int inThisJvm = COUNT.incrementAndGet() % BRIDGES_OF_A_JVM;
    int number = 1 + Math.floorMod(FIRST_BRIDGE + inThisJvm, BRIDGES);
    this.socket = socket;
    this.namespace = "test-" + Long.toString(System.nanoTime(), 36);
    this.image = ImageRef.parse(image);
    try {
      this.directory = Files.createTempDirectory("ctd-containers-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path plugins = Path.of(System.getenv().getOrDefault("WARREN_TEST_CNI_BIN", "/usr/lib/cni"));
    this.cni =
        CniOptions.defaults()
            .withBinDirectories(plugins)
            .withBridge("wct" + number, "10.214." + number + ".0/24")
            .withAddressDirectory(directory.resolve("addresses"));
    this.runtime = open();
    runtime.images().pull(this.image, PullOptions.none());
  }

  static RuntimeFixture shared() {
    TestEngine engine = TestEngine.require();
    return new RuntimeFixture(engine.socket(), engine.image());
  }

  private ContainerdRuntime open() {
    return ContainerdRuntime.builder()
        .socket(socket)
        .namespace(namespace)
        .cni(cni)
        .stateDirectory(StateDirectory.at(directory.resolve("state")))
        .build();
  }

  /** The host application was restarted. */
  void reopen() {
    runtime.close();
    runtime = open();
  }

  ContainerdRuntime runtime() {
    return runtime;
  }

  CniOptions cni() {
    return cni;
  }

  ImageRef image() {
    return image;
  }

  String namespace() {
    return namespace;
  }

  Path directory() {
    return directory;
  }

  /** Isolated from all networks, unless the test says otherwise. */
  ContainerSpec.Builder spec(String id, String... command) {
    return ContainerSpec.builder(id, image, List.of(command)).network(Network.none());
  }

  ContainerSpec.Builder sleeper(String id) {
    return spec(id, "sleep", "1000");
  }

  TaskInfo run(ContainerSpec.Builder spec) {
    ContainerInfo made = runtime.containers().create(spec.build());
    return runtime.tasks().start(made.id());
  }

  /** Runs a shell command to its end in a container of its own, and answers what it wrote. */
  String output(ContainerSpec.Builder spec) {
    String id = spec.build().id();
    run(spec);
    runtime.tasks().awaitExit(id, LONG);
    return logs(id);
  }

  /** All output of a task that has ended, or the first that one wrote which still runs. */
  String logs(String id) {
    boolean ended = runtime.tasks().get(id).orElseThrow().status() == TaskInfo.Status.STOPPED;
    long deadline = System.nanoTime() + LONG.toNanos();
    String last = "";
    while (System.nanoTime() < deadline) {
      // The shim copies what a pipe still holds after the exit was told, and closes its files then.
      boolean open = isLogOpen(id);
      String now = readLogs(id);
      if (ended ? !open : !now.isEmpty() && now.equals(last)) {
        return now;
      }
      last = now;
      pause(Duration.ofMillis(25));
    }
    return last;
  }

  private boolean isLogOpen(String id) {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> Character.isDigit(process.getFileName().toString().charAt(0)))
          .anyMatch(process -> hasOpen(process, id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean hasOpen(Path process, String id) {
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      return files.map(RuntimeFixture::target).anyMatch(file -> isLog(file, id));
    } catch (IOException | UncheckedIOException e) {
      return false; // it has ended
    }
  }

  private boolean isLog(Path file, String id) {
    return file.startsWith(directory)
        && file.toString().endsWith(".log")
        && file.getParent().getFileName().toString().equals(id);
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link; // closed meanwhile
    }
  }

  private String readLogs(String id) {
    try (InputStream logs = runtime.tasks().logs(id)) {
      return new String(logs.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void stop(String id) {
    runtime.tasks().stop(id, StopOptions.kill());
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static String shell(String... command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      // From 1.7 on, ctr puts warnings about the host before what it was asked for.
      builder.environment().put("CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS", "true");
      Process process = builder.start();
      String text =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      process.waitFor();
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** The daemon's own tool, to do what others would do. */
  String ctr(String... arguments) {
    return shell(
        Stream.concat(
                Stream.of("ctr", "-a", socket.toString(), "-n", namespace), Stream.of(arguments))
            .toArray(String[]::new));
  }

  @Override
  public void close() {
    runtime.containers().list().forEach(info -> runtime.containers().delete(info.id()));
    runtime.snapshots().orElseThrow().orphaned().forEach(runtime.containers()::delete);
    List<Snapshot> newestFirst = new java.util.ArrayList<>(runtime.snapshots().get().list());
    Collections.reverse(newestFirst);
    newestFirst.forEach(snapshot -> runtime.snapshots().get().delete(snapshot.name()));
    runtime.images().list().forEach(found -> runtime.images().delete(found.ref()));
    runtime.close();
    ctr("namespaces", "rm", namespace);
    HostTraces.remove(cni, namespace);
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(RuntimeFixture::remove);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

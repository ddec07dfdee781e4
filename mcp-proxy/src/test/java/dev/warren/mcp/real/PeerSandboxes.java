package dev.warren.mcp.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Mount;
import dev.warren.MountPolicy;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.Sandbox;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.containerd.CniOptions;
import dev.warren.containerd.ContainerdRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Sandboxes without network that see, read-only, the interpreters of this host and the servers that
 * {@code scripts/mcp-servers} installed. In a namespace and a state directory of its own; leaves
 * nothing.
 */
public final class PeerSandboxes implements AutoCloseable {
  /** Where the servers are in a sandbox. */
  static final String PEERS = "/opt/peers";

  private static final AtomicInteger BOTS = new AtomicInteger();

  private final Path socket = Path.of(TestEnvironment.require("WARREN_TEST_CONTAINERD"));
  private final Path peers = Path.of(TestEnvironment.require("WARREN_TEST_MCP_PEERS"));
  private final String node = TestEnvironment.require("WARREN_TEST_NODE");
  private final String namespace = "mcp-" + Long.toString(System.nanoTime(), 36);
  private final Path directory;
  private final ContainerdRuntime runtime;
  private final BotContainerManager manager;
  private final List<BotId> bots = new ArrayList<>();

  public PeerSandboxes() throws IOException {
    directory = Files.createTempDirectory("mcp-real-");
    Path plugins = Path.of(TestEnvironment.require("WARREN_TEST_CNI_BIN"));
    runtime =
        ContainerdRuntime.builder()
            .socket(socket)
            .namespace(namespace)
            .cni(CniOptions.defaults().withBinDirectories(plugins))
            .stateDirectory(StateDirectory.at(directory.resolve("state")))
            .build();
    manager =
        BotContainerManager.builder(runtime)
            .image(TestEnvironment.require("WARREN_TEST_IMAGE"))
            .spec(spec())
            .mountPolicy(MountPolicy.below(Path.of("/usr"), peers))
            .startTimeout(Duration.ofMinutes(2))
            .stopGrace(Duration.ofSeconds(1))
            .sharedRuntime()
            .build();
  }

  private SandboxSpec spec() {
    List<Mount> mounts = new ArrayList<>();
    mounts.add(new Mount.Bind(Path.of("/usr"), "/usr", true));
    mounts.add(new Mount.Bind(peers, PEERS, true));
    // Links into /usr on Debian; the loader is looked for here.
    for (String libraries : List.of("/lib", "/lib64")) {
      real(libraries).ifPresent(path -> mounts.add(new Mount.Bind(path, libraries, true)));
    }
    return SandboxSpec.builder()
        .network(Network.none())
        .mounts(mounts.toArray(Mount[]::new))
        .limits(ResourceLimits.defaults())
        .build();
  }

  private static Optional<Path> real(String path) {
    try {
      Path found = Path.of(path).toRealPath();
      return found.startsWith("/usr") ? Optional.of(found) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  BotContainerManager manager() {
    return manager;
  }

  ContainerdRuntime runtime() {
    return runtime;
  }

  public Path socket() {
    return socket;
  }

  public String namespace() {
    return namespace;
  }

  /** A bot of its own, whose sandbox runs and has no way out. */
  public Sandbox sandbox() {
    BotId bot = BotId.of("peer-" + BOTS.incrementAndGet());
    synchronized (bots) {
      bots.add(bot);
    }
    Sandbox sandbox = manager.start(bot);
    assertThat(sandbox.exec("cat", "/proc/net/dev").stdout().lines().skip(2))
        .as("interfaces")
        .allMatch(line -> line.strip().startsWith("lo:"));
    return sandbox;
  }

  /** The command line of a program of npm. */
  String[] npm(String server, String... arguments) {
    return node(
        PEERS + "/node_modules/@modelcontextprotocol/server-" + server + "/dist/index.js",
        arguments);
  }

  String[] node(String script, String... arguments) {
    String interpreter = PEERS + "/" + peers.relativize(Path.of(node));
    return Stream.concat(Stream.of(interpreter, script), Stream.of(arguments))
        .toArray(String[]::new);
  }

  /** Puts a script that lies beside the tests into a sandbox. */
  static String install(Sandbox sandbox, String script) {
    String target = "/data/" + script;
    sandbox.files().writeString(target, resource(script));
    return target;
  }

  public static String resource(String name) {
    try (var in = PeerSandboxes.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    List<BotId> all;
    synchronized (bots) {
      all = List.copyOf(bots);
    }
    all.forEach(manager::delete);
    manager.close();
    runtime.images().list().forEach(found -> runtime.images().delete(found.ref()));
    runtime.close();
    HostCommand.run("ctr", "-a", socket.toString(), "namespaces", "rm", namespace);
    removeGroups();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** The control group of a namespace outlives its containers. */
  private void removeGroups() throws IOException {
    Path root = Path.of("/sys/fs/cgroup");
    Files.deleteIfExists(root.resolve("warren-" + namespace));
    try (Stream<Path> controllers = Files.list(root)) {
      for (Path controller : controllers.toList()) {
        Files.deleteIfExists(controller.resolve("warren-" + namespace));
      }
    }
  }
}

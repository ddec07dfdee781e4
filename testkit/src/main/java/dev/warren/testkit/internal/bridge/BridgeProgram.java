package dev.warren.testkit.internal.bridge;

import dev.warren.testkit.FakeCommand;
import dev.warren.testkit.FakeInvocation;
import dev.warren.testkit.internal.fake.CommandTable;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * The command {@code bridge init} of the fake: what the real one is in a container. Thread-safe.
 */
public final class BridgeProgram implements FakeCommand {
  private static final int USAGE = 2;
  private static final int NOT_FOUND = 127;
  private static final int SIGTERM = 15;
  private static final int SIGINT = 2;

  private final CommandTable commands;
  private final Misbehaviour answers;
  private final Publisher publisher;
  private final Map<String, InProcessBridge> running = new ConcurrentHashMap<>();

  public BridgeProgram(CommandTable commands, Misbehaviour answers, Publisher publisher) {
    this.commands = commands;
    this.answers = answers;
    this.publisher = publisher;
  }

  /** Told where a port of a container is reached. */
  @FunctionalInterface
  public interface Publisher {
    void publish(String containerId, int port, InetSocketAddress at);
  }

  /** The bridge that serves a container now. */
  public Optional<InProcessBridge> of(String containerId) {
    return Optional.ofNullable(running.get(containerId));
  }

  /** Connections to all bridges. */
  public int connections() {
    return running.values().stream().mapToInt(InProcessBridge::connections).sum();
  }

  @Override
  public int run(FakeInvocation invocation) throws Exception {
    List<String> argv = invocation.argv();
    Map<String, String> options = options(argv);
    String sandbox = options.getOrDefault("--sandbox-id", "");
    String listen = options.getOrDefault("--listen", "");
    if (argv.size() < 2 || !argv.get(1).equals("init") || !listen.startsWith("tcp:")) {
      invocation.printError("bridge: the fake knows 'init' with --listen tcp:…\n");
      return USAGE;
    }
    if (!Files.isExecutable(invocation.path(argv.get(0)))) {
      invocation.printError("bridge: nobody put it into the container\n");
      return NOT_FOUND;
    }
    CountDownLatch end = new CountDownLatch(1);
    invocation.onSignal(SIGTERM, end::countDown);
    invocation.onSignal(SIGINT, end::countDown);
    String root = options.getOrDefault("--root", "/data");
    LayerFiles files = new LayerFiles(invocation.path("/"), root);
    Files.createDirectories(files.find("", true));
    try (InProcessBridge bridge =
        new InProcessBridge(
            sandbox,
            files,
            commands,
            invocation.env(),
            invocation.path(options.getOrDefault("--client-ca", "/opt/warren/client-ca.pem")),
            answers)) {
      int port = Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
      running.put(sandbox, bridge);
      publisher.publish(sandbox, port, bridge.address());
      try {
        invocation.print(bridge.bootLine(sandbox));
        end.await();
        return 0;
      } finally {
        running.remove(sandbox, bridge);
      }
    }
  }

  private static Map<String, String> options(List<String> argv) {
    Map<String, String> options = new HashMap<>();
    for (int i = 2; i + 1 < argv.size(); i += 2) {
      options.put(argv.get(i), argv.get(i + 1));
    }
    return options;
  }
}

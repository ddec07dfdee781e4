package dev.warren.bench;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.ImageRef;
import dev.warren.Mount;
import dev.warren.Network;
import dev.warren.ResourceLimits;
import dev.warren.Sandbox;
import dev.warren.SandboxSpec;
import dev.warren.StateDirectory;
import dev.warren.containerd.CniOptions;
import dev.warren.containerd.ContainerdRuntime;
import dev.warren.docker.DockerRuntime;
import dev.warren.spi.SandboxRuntime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Sandboxes of a runtime, as a host application gets them. Thread-safe. */
final class Bots implements AutoCloseable {
  /** Where files of a sandbox are in memory. */
  static final String SCRATCH = "/scratch";

  static final String CONTAINERD_NAMESPACE = "warren-bench";

  private static final Duration TO_END = Duration.ofSeconds(30);

  private final TimedCalls calls = new TimedCalls();
  private final AtomicInteger count = new AtomicInteger();
  private final SandboxRuntime runtime;
  private final BotContainerManager manager;
  private final ImageRef image;

  private Bots(SandboxRuntime engine, Options options) {
    runtime = calls.around(engine);
    image = ImageRef.parse(options.image());
    manager = BotContainerManager.builder(runtime).name("bench").image(options.image()).build();
    manager.init();
  }

  static Bots onContainerd(Options options) {
    return new Bots(
        ContainerdRuntime.builder()
            .socket(options.socket())
            .namespace(CONTAINERD_NAMESPACE)
            .stateDirectory(StateDirectory.at(options.work().resolve("state")))
            .cni(
                CniOptions.defaults()
                    .withBinDirectories(options.cniPlugins())
                    .withBridge("warren-bench0", "10.213.248.0/21")
                    .withAddressDirectory(options.work().resolve("addresses")))
            .build(),
        options);
  }

  static Bots onDocker(Options options) {
    return new Bots(
        DockerRuntime.builder()
            .endpoint(options.docker())
            .owner("warren-bench")
            .network("warren-bench")
            .subnet("10.215.192.0/24")
            .stateDirectory(StateDirectory.at(options.work().resolve("docker-state")))
            .build(),
        options);
  }

  /** The id of a bot that has no sandbox. */
  BotId next() {
    return BotId.of("bench-" + count.incrementAndGet());
  }

  Sandbox start(BotId bot, Network network) {
    return manager.start(bot, SandboxSpec.builder().image(image).network(network).build());
  }

  /** With room in memory for bulk files. */
  Sandbox startLarge(BotId bot) {
    ResourceLimits limits = ResourceLimits.defaults().withMemoryBytes(4L << 30);
    return manager.start(
        bot,
        SandboxSpec.builder()
            .image(image)
            .network(Network.none())
            .limits(limits)
            .mounts(new Mount.Tmpfs(SCRATCH, 2L << 30))
            .build());
  }

  /** The time in the runtime since this was asked last. */
  TimedCalls calls() {
    return calls;
  }

  void delete(BotId bot) {
    manager.delete(bot);
  }

  /** Keeps a copy of its data, and then deletes that too. */
  void deletePreserved(BotId bot) {
    manager.delete(manager.deletePreserving(bot));
  }

  /** The first process of a sandbox. */
  long pid(Sandbox sandbox) {
    return runtime.tasks().get(sandbox.info().containerId()).orElseThrow().pid();
  }

  /** Waits until the engine knows that a sandbox has ended. */
  void awaitEnd(Sandbox sandbox) {
    var unused = runtime.tasks().awaitExit(sandbox.info().containerId(), TO_END);
  }

  @Override
  public void close() {
    manager.close();
  }
}

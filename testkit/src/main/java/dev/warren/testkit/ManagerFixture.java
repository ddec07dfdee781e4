package dev.warren.testkit;

import dev.warren.BotContainerManager;
import dev.warren.BotId;
import dev.warren.Sandbox;
import dev.warren.spi.ContainerInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.TaskInfo;
import dev.warren.testkit.internal.fake.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** What one test of {@link WarrenExtension} has. Thread-safe. */
final class ManagerFixture {
  private static final AtomicInteger BOTS = new AtomicInteger();

  private final SandboxRuntime runtime;
  private final BotContainerManager manager;
  private final Path directory;
  private final Queue<String> given = new ConcurrentLinkedQueue<>();

  ManagerFixture(SandboxRuntime runtime, BotContainerManager manager, Path directory) {
    this.runtime = runtime;
    this.manager = manager;
    this.directory = directory;
  }

  SandboxRuntime runtime() {
    return runtime;
  }

  BotContainerManager manager() {
    return manager;
  }

  /** The test need not remove it. */
  Sandbox freshSandbox() {
    BotId bot = BotId.of("test-bot-" + BOTS.incrementAndGet());
    Sandbox sandbox = manager.start(bot);
    given.add(sandbox.info().containerId());
    return sandbox;
  }

  /** Removes all, and then says what the test left. */
  void end() throws IOException {
    manager.close();
    // The test may have closed its runtime, and may have left faults in the fake.
    SandboxRuntime fresh = runtime;
    if (runtime instanceof FakeSandboxRuntime fake) {
      fake.faults().clear();
      fresh = fake.reopen();
    }
    List<String> running =
        fresh.tasks().list().stream()
            .filter(TaskInfo::running)
            .map(TaskInfo::id)
            .filter(id -> !given.contains(id))
            .toList();
    try {
      if (runtime instanceof FakeSandboxRuntime fake) {
        Eventually.soon()
            .until(
                "the manager's connections were closed", () -> fake.bridges().connections() == 0);
      }
      if (!running.isEmpty()) {
        throw new AssertionError("the test left sandboxes running: " + running);
      }
    } finally {
      remove(fresh);
    }
  }

  private void remove(SandboxRuntime fresh) throws IOException {
    for (ContainerInfo container : fresh.containers().list()) {
      fresh.containers().delete(container.id());
    }
    fresh.close();
    if (runtime instanceof FakeSandboxRuntime fake) {
      fake.destroy();
    } else {
      runtime.close();
    }
    FileTree.delete(directory);
  }
}

package dev.warren.examples.capped;

import dev.warren.StateDirectory;
import dev.warren.spi.Containers;
import dev.warren.spi.Images;
import dev.warren.spi.Metrics;
import dev.warren.spi.Networks;
import dev.warren.spi.Pause;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.RuntimeInfo;
import dev.warren.spi.SandboxRuntime;
import dev.warren.spi.Snapshots;
import dev.warren.spi.Tasks;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Any runtime, with an upper limit for the sandboxes that run at a time. A start beyond it fails
 * with {@code RESOURCE_EXHAUSTED} and changes nothing.
 *
 * <p>What it does not change it passes on as it is: {@link #info} and the optional abilities are
 * those of the runtime below, so no more is promised than that one keeps. Thread-safe.
 */
public final class CappedRuntime implements SandboxRuntime {
  private final SandboxRuntime below;
  private final StartGate gate;

  private CappedRuntime(SandboxRuntime below, int most) {
    this.below = below;
    this.gate = new StartGate(below, most);
  }

  /**
   * Puts a limit on a runtime, which is closed with the result. The limit is for this JVM.
   *
   * @throws dev.warren.SandboxException {@code INVALID_ARGUMENT} when it is not positive
   */
  public static CappedRuntime of(SandboxRuntime below, int most) {
    return new CappedRuntime(below, StartGate.checked(most));
  }

  @Override
  public RuntimeInfo info() {
    return below.info();
  }

  @Override
  public StateDirectory stateDirectory() {
    return below.stateDirectory();
  }

  @Override
  public void ping() {
    below.ping();
  }

  @Override
  public Images images() {
    return below.images();
  }

  @Override
  public Containers containers() {
    return below.containers();
  }

  @Override
  public Tasks tasks() {
    return new CappedTasks(below.tasks(), gate);
  }

  @Override
  public Networks networks() {
    return below.networks();
  }

  // Easily forgotten: the defaults of the interface would take these abilities away.
  @Override
  public Optional<Snapshots> snapshots() {
    return below.snapshots();
  }

  @Override
  public Optional<Metrics> metrics() {
    return below.metrics();
  }

  @Override
  public Optional<Pause> pause() {
    return below.pause();
  }

  @Override
  public Subscription watch(Consumer<RuntimeEvent> listener) {
    return below.watch(listener);
  }

  @Override
  public void close() {
    below.close();
  }
}

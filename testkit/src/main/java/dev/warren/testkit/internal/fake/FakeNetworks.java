package dev.warren.testkit.internal.fake;

import dev.warren.Network;
import dev.warren.SandboxException.Code;
import dev.warren.spi.Networks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** The fake's network: addresses that only exist in its books, and published ports. Thread-safe. */
public final class FakeNetworks implements Networks {
  private final FakeEngine engine;
  private final Gate gate;
  private final FakeTasks tasks;

  public FakeNetworks(FakeEngine engine, Gate gate, FakeTasks tasks) {
    this.engine = engine;
    this.gate = gate;
    this.tasks = tasks;
  }

  @Override
  public Optional<InetAddress> setUp(String id) {
    String operation = "set up network of";
    gate.enter("networks.setUp", id);
    FakeTask task = running(operation, id);
    if (task.address().isEmpty() && !without(id)) {
      task.attach(
          engine
              .addresses()
              .take()
              .orElseThrow(
                  () ->
                      FakeError.of(Code.RESOURCE_EXHAUSTED, operation, id, "no address is left")));
    }
    return task.address();
  }

  @Override
  public InetSocketAddress endpoint(String id, int port) {
    String operation = "find endpoint of";
    gate.enter("networks.endpoint", id);
    FakeTask task = running(operation, id);
    if (without(id)) {
      throw FakeError.of(Code.UNSUPPORTED, operation, id, "it has no network");
    }
    return task.published(port)
        .or(() -> task.address().map(address -> new InetSocketAddress(address, port)))
        .orElseThrow(() -> FakeError.of(Code.UNAVAILABLE, operation, id, "it has no address"));
  }

  @Override
  public void remove(String id) {
    gate.enter("networks.remove", id);
    engine
        .find(id)
        .flatMap(FakeContainer::task)
        .ifPresent(
            task -> {
              task.address().ifPresent(engine.addresses()::release);
              task.attach(null);
            });
  }

  @Override
  public Optional<String> check(String id) {
    gate.enter("networks.check", id);
    FakeTask task = running("check network of", id);
    return task.address().isPresent() || without(id)
        ? Optional.empty()
        : Optional.of("it has no address");
  }

  private boolean without(String id) {
    return engine.find(id).filter(c -> c.spec().network() instanceof Network.None).isPresent();
  }

  private FakeTask running(String operation, String id) {
    FakeTask task = tasks.require(operation, id);
    if (!task.running()) {
      throw FakeError.of(Code.CONFLICT, operation, id, "its task has ended");
    }
    return task;
  }
}

package dev.warren.docker.internal.event;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.client.DockerErrors;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The listeners of a runtime. Each has a stream of its own, as each wants all that follows. */
public final class EventFeed implements AutoCloseable {
  private final DockerEngine engine;
  private final List<EventWatch> open = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  public EventFeed(DockerEngine engine) {
    this.engine = engine;
  }

  /**
   * Delivers what happens after this call has returned.
   *
   * @throws SandboxException {@code UNAVAILABLE}, {@code CANCELLED}, {@code CLOSED}
   */
  public SandboxRuntime.Subscription watch(Consumer<RuntimeEvent> listener) {
    EventWatch watch = EventWatch.open(engine, listener, open::remove);
    open.add(watch);
    if (closed) {
      watch.close();
      throw DockerErrors.error(Code.CLOSED, "watch", "").detail("the runtime was closed").build();
    }
    return watch;
  }

  @Override
  public void close() {
    closed = true;
    open.forEach(EventWatch::close);
  }
}

package dev.warren.spi;

import dev.warren.spi.SandboxRuntime.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * For engines that see each event once: hands it to all listeners, with an {@link EventDelivery}
 * for each, so that a slow listener delays no other. Thread-safe.
 */
public final class EventHub implements AutoCloseable {
  private final String threadName;
  private final List<EventDelivery> deliveries = new CopyOnWriteArrayList<>();
  private volatile boolean closed;

  /**
   * @param threadName of the threads that call the listeners
   */
  public EventHub(String threadName) {
    this.threadName = threadName;
  }

  /** Begins to deliver to a listener what is emitted from now on. */
  public Subscription subscribe(Consumer<RuntimeEvent> listener) {
    EventDelivery delivery = new EventDelivery(threadName, listener, deliveries::remove);
    deliveries.add(delivery);
    delivery.start();
    if (closed) {
      delivery.end();
    }
    return delivery;
  }

  /** Whether anybody listens. */
  public boolean watched() {
    return !deliveries.isEmpty();
  }

  /** Does not block. */
  public void emit(RuntimeEvent event) {
    deliveries.forEach(delivery -> delivery.offer(event));
  }

  /** Delivers nothing more, and lets the threads end; a call that runs is not waited for. */
  @Override
  public void close() {
    closed = true;
    deliveries.forEach(EventDelivery::end);
    deliveries.clear();
  }
}

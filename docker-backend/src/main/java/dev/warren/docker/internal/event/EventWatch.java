package dev.warren.docker.internal.event;

import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.engine.internal.event.EventDelivery;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the engine's events for one listener, on a thread of its own, and opens the stream again
 * when it breaks. The lock is never held while the engine is asked or the listener runs.
 */
final class EventWatch implements SandboxRuntime.Subscription {
  private static final Logger log = LoggerFactory.getLogger(EventWatch.class);
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LAST_PAUSE_MILLIS = 2000;

  private final DockerEngine engine;
  private final EventDelivery delivery;
  private final Thread reader;
  private @Nullable EventStream stream;
  private boolean closed;

  private EventWatch(
      DockerEngine engine, Consumer<RuntimeEvent> listener, Consumer<EventWatch> onClose) {
    this.engine = engine;
    this.delivery =
        new EventDelivery("warren-docker-listener", listener, ended -> onClose.accept(this));
    this.reader = new Thread(this::run, "warren-docker-events");
    this.reader.setDaemon(true);
  }

  /** Begins: what happens after this call is delivered. */
  static EventWatch open(
      DockerEngine engine, Consumer<RuntimeEvent> listener, Consumer<EventWatch> onClose) {
    EventWatch watch = new EventWatch(engine, listener, onClose);
    watch.stream = EventStream.open(engine);
    watch.delivery.start();
    watch.reader.start();
    return watch;
  }

  private void run() {
    for (EventStream current = stream(); current != null; current = reopened()) {
      EventMapping mapping = new EventMapping();
      try (EventStream open = current) {
        open.read(event -> mapping.map(event).ifPresent(delivery::offer));
      } catch (IOException | RuntimeException e) {
        log.debug("the stream of events broke", e);
      }
    }
  }

  private synchronized @Nullable EventStream stream() {
    return closed ? null : stream;
  }

  private @Nullable EventStream reopened() {
    long pause = FIRST_PAUSE_MILLIS;
    while (rests(pause)) {
      try {
        EventStream fresh = EventStream.open(engine);
        if (!keep(fresh)) {
          fresh.close();
          return null;
        }
        delivery.offer(new RuntimeEvent.Gap());
        return fresh;
      } catch (SandboxException e) {
        log.debug("the stream of events cannot be opened again", e);
        pause = Math.min(LAST_PAUSE_MILLIS, pause * 2);
      }
    }
    return null;
  }

  private synchronized boolean keep(EventStream fresh) {
    stream = fresh;
    return !closed;
  }

  /** Whether to go on after a pause. */
  private synchronized boolean rests(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    try {
      for (long left = millis; !closed && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !closed;
  }

  /** A call of the listener that runs is waited for. */
  @Override
  public void close() {
    EventStream open;
    synchronized (this) {
      closed = true;
      open = stream;
      notifyAll();
    }
    if (open != null) {
      open.close();
    }
    delivery.close();
  }
}

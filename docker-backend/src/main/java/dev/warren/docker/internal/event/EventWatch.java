package dev.warren.docker.internal.event;

import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.engine.internal.retry.RetryPolicy;
import dev.warren.spi.EventDelivery;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
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
    EventStream current = stream();
    while (current != null) {
      current = reopened(read(current));
    }
  }

  private synchronized @Nullable EventStream stream() {
    return closed ? null : stream;
  }

  /** Reads a stream to its end, and gives the reason of that. */
  private Exception read(EventStream stream) {
    EventMapping mapping = new EventMapping();
    try (EventStream open = stream) {
      open.read(event -> mapping.map(event).ifPresent(delivery::offer));
      return new EOFException("the engine ended the stream of events");
    } catch (IOException | RuntimeException e) {
      log.debug("the stream of events broke", e);
      return e;
    }
  }

  private @Nullable EventStream reopened(Exception broken) {
    RetryPolicy.Series attempts = EngineRetries.EVENT_STREAM.begin(any -> true);
    Exception failure = broken;
    while (rests(attempts.next(failure).orElseThrow())) {
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
        failure = e;
      }
    }
    return null;
  }

  private synchronized boolean keep(EventStream fresh) {
    stream = fresh;
    return !closed;
  }

  /** Whether to go on after a pause. */
  private synchronized boolean rests(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    try {
      for (long left = pause.toMillis();
          !closed && left > 0;
          left = (end - System.nanoTime()) / 1_000_000) {
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

package dev.warren.containerd.internal.event;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.types.Envelope;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.ContainerdErrors;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.engine.internal.retry.EngineRetries;
import dev.warren.engine.internal.retry.RetryPolicy.Series;
import dev.warren.spi.EventDelivery;
import dev.warren.spi.ExitStatus;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of the daemon's events for all listeners, open while there are any. When it breaks it
 * is opened again, and each listener is told of the gap.
 *
 * <p>Locks: {@code this} guards the stream's state and is never held while a listener runs or the
 * daemon is asked.
 */
public final class EventFeed implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
  private static final long PATIENCE_MILLIS = 5000;

  private final EventSource source;
  private final ScheduledExecutorService scheduler;
  private final EventMapping mapping;
  private final List<EventDelivery> deliveries = new CopyOnWriteArrayList<>();

  /** Counts streams, so that a late word of an old one is known for what it is. */
  private long generation;

  private boolean live;
  private boolean closed;
  private Series reopenings = anew();
  private @Nullable Throwable failure;
  private @Nullable Runnable stop;
  private @Nullable Future<?> reopening;

  EventFeed(
      EventSource source,
      ScheduledExecutorService scheduler,
      BiFunction<String, Integer, ExitStatus> exit) {
    this.source = source;
    this.scheduler = scheduler;
    this.mapping = new EventMapping(exit);
  }

  /** The events of a daemon. */
  public static EventFeed of(
      ContainerdClient client, TaskCalls tasks, ScheduledExecutorService scheduler) {
    return new EventFeed(new DaemonEvents(client, scheduler), scheduler, tasks::exit);
  }

  /**
   * Delivers what happens after this call has returned.
   *
   * @throws SandboxException {@code UNAVAILABLE}, {@code CANCELLED}, {@code CLOSED}
   */
  public SandboxRuntime.Subscription watch(Consumer<RuntimeEvent> listener) {
    EventDelivery delivery = new EventDelivery("warren-containerd-events", listener, this::remove);
    synchronized (this) {
      if (closed) {
        throw error(Code.CLOSED, "the runtime was closed", null);
      }
      deliveries.add(delivery);
      if (stop == null) {
        failure = null;
        open();
      }
    }
    try {
      awaitLive();
    } catch (RuntimeException e) {
      remove(delivery);
      throw e;
    }
    delivery.start();
    return delivery;
  }

  private synchronized void awaitLive() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!live) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0 || failure != null) {
        throw error(Code.UNAVAILABLE, "the daemon does not deliver events", failure);
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw error(Code.CANCELLED, "the wait for the daemon was interrupted", e);
      }
    }
  }

  private synchronized void open() {
    long mine = ++generation;
    live = false;
    stop = source.open(envelope -> take(mine, envelope), () -> live(mine), e -> ended(mine, e));
  }

  private static Series anew() {
    return EngineRetries.EVENT_STREAM.begin(failure -> true);
  }

  private void take(long mine, Envelope envelope) {
    synchronized (this) {
      if (mine != generation) {
        return;
      }
    }
    mapping.map(envelope).ifPresent(this::deliver);
  }

  private void deliver(RuntimeEvent event) {
    deliveries.forEach(delivery -> delivery.offer(event));
  }

  private synchronized void live(long mine) {
    if (mine == generation) {
      live = true;
      failure = null;
      reopenings = anew();
      notifyAll();
    }
  }

  private void ended(long mine, Throwable cause) {
    synchronized (this) {
      if (mine != generation || closed || deliveries.isEmpty()) {
        return;
      }
      failure = cause;
      live = false;
      notifyAll();
      log.debug("the stream of events broke", cause);
      reopenings
          .next(cause)
          .ifPresent(
              pause ->
                  reopening =
                      scheduler.schedule(
                          () -> reopen(mine), pause.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  private void reopen(long broken) {
    synchronized (this) {
      if (broken != generation || closed || deliveries.isEmpty()) {
        return;
      }
      long mine = ++generation;
      stop =
          source.open(
              envelope -> take(mine, envelope),
              () -> {
                live(mine);
                deliver(new RuntimeEvent.Gap());
              },
              e -> ended(mine, e));
    }
  }

  private void remove(EventDelivery delivery) {
    Runnable end = null;
    synchronized (this) {
      deliveries.remove(delivery);
      if (deliveries.isEmpty() && stop != null) {
        end = stop;
        stop = null;
        generation++;
        live = false;
      }
    }
    if (end != null) {
      end.run();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      if (reopening != null) {
        reopening.cancel(false);
      }
    }
    deliveries.forEach(EventDelivery::close);
  }

  private static SandboxException error(Code code, String detail, @Nullable Throwable cause) {
    return SandboxException.of(code, "watch", "")
        .backend(ContainerdErrors.BACKEND)
        .detail(detail)
        .cause(cause)
        .build();
  }
}

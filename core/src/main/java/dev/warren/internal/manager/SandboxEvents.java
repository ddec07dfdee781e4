package dev.warren.internal.manager;

import dev.warren.BotId;
import dev.warren.SandboxException;
import dev.warren.SandboxListener;
import dev.warren.internal.connection.BridgeLinks;
import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the engine's events: tells the listeners, on the runtime's event thread, and drops what
 * the manager knew of bridges that ended. The thread {@code warren-scheduler} does what may take
 * time, and once a minute closes idle connections. Thread-safe.
 */
public final class SandboxEvents implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SandboxEvents.class);

  private static final int SCHEDULER_SECONDS = 5;

  private final OwnContainers containers;
  private final BridgeLinks links;
  private final List<SandboxListener> listeners;
  private final ScheduledExecutorService scheduler;
  private final SandboxRuntime.Subscription subscription;

  public SandboxEvents(
      SandboxRuntime runtime,
      OwnContainers containers,
      BridgeLinks links,
      List<SandboxListener> listeners) {
    this.containers = containers;
    this.links = links;
    this.listeners = listeners;
    this.scheduler =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "warren-scheduler");
              thread.setDaemon(true);
              return thread;
            });
    ScheduledFuture<?> unused =
        scheduler.scheduleWithFixedDelay(links::evictIdle, 1, 1, TimeUnit.MINUTES);
    this.subscription = runtime.watch(this::onEvent);
  }

  private void onEvent(RuntimeEvent event) {
    if (event instanceof RuntimeEvent.Gap) {
      links.forgetAddresses();
    } else if (event instanceof RuntimeEvent.Started started) {
      tell(started.id(), (listener, bot) -> listener.started(bot));
    } else if (event instanceof RuntimeEvent.Exited exited) {
      Labels.botOf(exited.id()).ifPresent(this::forgetUnlessRunning);
      tell(exited.id(), (listener, bot) -> listener.stopped(bot, exited.status().code()));
    } else if (event instanceof RuntimeEvent.OutOfMemory outOfMemory) {
      tell(outOfMemory.id(), (listener, bot) -> listener.outOfMemory(bot));
    } else if (event instanceof RuntimeEvent.Deleted deleted) {
      Labels.botOf(deleted.id()).ifPresent(this::forgetUnlessRunning);
      tell(deleted.id(), (listener, bot) -> listener.deleted(bot));
    }
  }

  /** The event may be older than the present task. */
  private void forgetUnlessRunning(BotId bot) {
    scheduler.execute(
        () -> {
          try {
            if (!containers.running(Labels.containerId(bot))) {
              links.forget(bot);
            }
          } catch (SandboxException e) {
            links.forget(bot);
          }
        });
  }

  private void tell(String containerId, BiConsumer<SandboxListener, BotId> call) {
    Labels.botOf(containerId)
        .ifPresent(bot -> listeners.forEach(listener -> tell(listener, bot, call)));
  }

  private static void tell(
      SandboxListener listener, BotId bot, BiConsumer<SandboxListener, BotId> call) {
    try {
      call.accept(listener, bot);
    } catch (RuntimeException e) {
      log.warn("A sandbox listener failed", e);
    }
  }

  /** No listener is called afterwards. */
  @Override
  public void close() {
    try {
      subscription.close();
    } finally {
      stopScheduler();
    }
  }

  private void stopScheduler() {
    scheduler.shutdownNow();
    try {
      if (!scheduler.awaitTermination(SCHEDULER_SECONDS, TimeUnit.SECONDS)) {
        log.warn("The scheduler did not end within {} seconds", SCHEDULER_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

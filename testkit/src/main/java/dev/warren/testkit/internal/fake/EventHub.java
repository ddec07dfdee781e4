package dev.warren.testkit.internal.fake;

import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Delivers events in order, on one thread. Thread-safe. */
public final class EventHub {
  private static final Logger log = LoggerFactory.getLogger(EventHub.class);

  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "fake-events");
            made.setDaemon(true);
            return made;
          });

  public void emit(RuntimeEvent event) {
    if (!thread.isShutdown()) {
      thread.execute(() -> listeners.forEach(listener -> listener.deliver(event)));
    }
  }

  /** An event that is being delivered while this is called is not for the new listener. */
  public Subscription subscribe(Consumer<RuntimeEvent> consumer) {
    Listener listener = new Listener(consumer);
    listeners.add(listener);
    return () -> {
      listeners.remove(listener);
      listener.end();
    };
  }

  void close() {
    thread.shutdown();
  }

  /** The monitor makes {@code end} wait for a delivery that runs. */
  private static final class Listener {
    private final Consumer<RuntimeEvent> consumer;
    private boolean ended;

    private Listener(Consumer<RuntimeEvent> consumer) {
      this.consumer = consumer;
    }

    private synchronized void deliver(RuntimeEvent event) {
      if (ended) {
        return;
      }
      try {
        consumer.accept(event);
      } catch (RuntimeException e) {
        log.warn("A listener failed on {}", event, e);
      }
    }

    private synchronized void end() {
      ended = true;
    }
  }
}

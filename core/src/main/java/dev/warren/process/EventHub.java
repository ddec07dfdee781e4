package dev.warren.process;

import dev.warren.spi.RuntimeEvent;
import dev.warren.spi.SandboxRuntime.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events, one at a time and in order, on a thread that ends when there is nothing to do.
 */
final class EventHub {
  private static final Logger log = LoggerFactory.getLogger(EventHub.class);

  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final ExecutorService thread = singleThread();

  Subscription subscribe(Consumer<RuntimeEvent> listener) {
    Entry entry = new Entry(listener);
    entries.add(entry);
    return () -> {
      entries.remove(entry);
      entry.end();
    };
  }

  boolean watched() {
    return !entries.isEmpty();
  }

  void emit(RuntimeEvent event) {
    if (watched() && !thread.isShutdown()) {
      thread.execute(() -> entries.forEach(entry -> entry.deliver(event)));
    }
  }

  void close() {
    entries.clear();
    thread.shutdown();
  }

  private static ExecutorService singleThread() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            1,
            1,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "warren-process-events");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static final class Entry {
    private final Consumer<RuntimeEvent> listener;
    private boolean ended;

    private Entry(Consumer<RuntimeEvent> listener) {
      this.listener = listener;
    }

    /** The monitor makes {@link #end} wait for a delivery that runs. */
    private synchronized void deliver(RuntimeEvent event) {
      if (ended) {
        return;
      }
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        log.warn("A listener failed on {}", event, e);
      }
    }

    private synchronized void end() {
      ended = true;
    }
  }
}

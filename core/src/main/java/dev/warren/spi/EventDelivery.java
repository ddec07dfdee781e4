package dev.warren.spi;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For engines: hands events to one listener, one at a time and in the order they were offered, on a
 * thread of its own, so that an engine is never kept waiting. A listener that is more than 4096
 * events behind loses them and gets a {@link RuntimeEvent.Gap} instead: it has to look at the state
 * anyway then. What a listener throws is logged. Thread-safe.
 *
 * @see EventHub
 */
public final class EventDelivery implements SandboxRuntime.Subscription {
  private static final Logger log = LoggerFactory.getLogger(EventDelivery.class);
  private static final int LIMIT = 4096;

  private final Consumer<RuntimeEvent> listener;
  private final Consumer<EventDelivery> onClose;
  private final Deque<RuntimeEvent> queue = new ArrayDeque<>();
  private final Thread thread;
  private boolean closed;

  /**
   * Makes a delivery that {@link #start} begins.
   *
   * @param name of the thread
   * @param onClose runs once the delivery takes nothing more, before the wait for the listener
   */
  public EventDelivery(
      String name, Consumer<RuntimeEvent> listener, Consumer<EventDelivery> onClose) {
    this.listener = listener;
    this.onClose = onClose;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  /** What was offered before is delivered too. */
  public void start() {
    thread.start();
  }

  /** Does not block; a gap after a gap says nothing new. */
  public synchronized void offer(RuntimeEvent event) {
    if (closed) {
      return;
    }
    if (queue.size() >= LIMIT) {
      queue.clear();
      queue.add(new RuntimeEvent.Gap());
    }
    boolean repeated =
        event instanceof RuntimeEvent.Gap && queue.peekLast() instanceof RuntimeEvent.Gap;
    if (!repeated) {
      queue.add(event);
    }
    notifyAll();
  }

  private void run() {
    RuntimeEvent event = next();
    while (event != null) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        log.warn("a listener failed on {}", event, e);
      }
      event = next();
    }
  }

  private synchronized @Nullable RuntimeEvent next() {
    while (!closed && queue.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Only the listener can have caused it; the thread ends with close().
        log.debug("a listener interrupted its own thread");
      }
    }
    return closed ? null : queue.poll();
  }

  /** Delivers nothing more, and lets the thread end; a call that runs is not waited for. */
  synchronized void end() {
    closed = true;
    queue.clear();
    notifyAll();
  }

  /** Ends the delivery. Waits for a call that runs, unless it is the one that closes. */
  @Override
  public void close() {
    end();
    onClose.accept(this);
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

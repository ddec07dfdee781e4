package dev.warren.docker.internal.event;

import dev.warren.spi.RuntimeEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands events to a listener, on a thread of its own: the engine drops what is not read quickly. A
 * listener that is too slow gets a gap for what it has not read.
 */
final class Delivery implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Delivery.class);
  private static final int LIMIT = 4096;

  private final Consumer<RuntimeEvent> listener;
  private final Deque<RuntimeEvent> queue = new ArrayDeque<>();
  private final Thread thread;
  private boolean closed;

  Delivery(Consumer<RuntimeEvent> listener) {
    this.listener = listener;
    this.thread = new Thread(this::run, "warren-docker-listener");
    this.thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  synchronized void offer(RuntimeEvent event) {
    if (closed) {
      return;
    }
    if (queue.size() >= LIMIT) {
      queue.clear();
      queue.add(new RuntimeEvent.Gap());
    }
    queue.add(event);
    notifyAll();
  }

  private void run() {
    for (RuntimeEvent event = next(); event != null; event = next()) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        log.warn("a listener failed on {}", event, e);
      }
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

  /** Waits for a call that runs, unless it is the one that closes. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      queue.clear();
      notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
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

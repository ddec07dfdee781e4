package dev.warren.engine.internal.pull;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that concurrent callers share: the first starts it on a thread of its own, later ones wait
 * for the same result. An interrupt ends only that caller's waiting; the work is interrupted when
 * nobody waits any more. Thread-safe.
 *
 * @param <K> what makes two calls the same
 * @param <E> what listeners hear
 * @param <V> the result
 */
public final class SingleFlight<K, E, V> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SingleFlight.class);
  private static final AtomicLong NUMBER = new AtomicLong();
  private static final long GRACE_MILLIS = 10_000;

  private final Map<K, Flight> flights = new HashMap<>();
  private final String backend;
  private boolean closed;

  /**
   * Nothing runs yet.
   *
   * @param backend named by errors
   */
  public SingleFlight(String backend) {
    this.backend = backend;
  }

  /** The work; what it reports goes to everybody who waits. */
  public interface Work<E, V> {
    V run(Consumer<E> report);
  }

  private final class Flight {
    final CompletableFuture<V> result = new CompletableFuture<>();
    final List<Consumer<E>> listeners = new CopyOnWriteArrayList<>();
    final Thread thread;
    int waiting;

    Flight(K key, Work<E, V> work) {
      this.thread = new Thread(() -> run(key, work), "warren-pull-" + NUMBER.incrementAndGet());
      thread.setDaemon(true);
    }

    private void run(K key, Work<E, V> work) {
      try {
        V value = work.run(this::report);
        forget(key, this);
        result.complete(value);
      } catch (RuntimeException | Error e) {
        forget(key, this);
        result.completeExceptionally(e);
      }
    }

    private void report(E event) {
      for (Consumer<E> listener : List.copyOf(listeners)) {
        try {
          listener.accept(event);
        } catch (RuntimeException e) {
          log.warn("a progress listener failed; it gets no more", e);
          listeners.remove(listener);
        }
      }
    }
  }

  /**
   * Joins the work for the key, or starts it.
   *
   * @throws SandboxException {@code CANCELLED} on an interrupt, {@code CLOSED}, or what the work
   *     throws
   */
  public V join(K key, String operation, String subject, Consumer<E> listener, Work<E, V> work) {
    Flight flight;
    synchronized (this) {
      if (closed) {
        throw closedError(operation, subject);
      }
      Flight running = flights.get(key);
      flight = running == null ? new Flight(key, work) : running;
      flight.listeners.add(listener);
      flight.waiting++;
      if (running == null) {
        flights.put(key, flight);
        flight.thread.start();
      }
    }
    try {
      return await(flight, operation, subject);
    } catch (InterruptedException e) {
      leave(key, flight, listener);
      Thread.currentThread().interrupt();
      throw SandboxException.of(Code.CANCELLED, operation, subject)
          .backend(backend)
          .detail("the calling thread was interrupted")
          .cause(e)
          .build();
    }
  }

  private V await(Flight flight, String operation, String subject) throws InterruptedException {
    try {
      return flight.result.get();
    } catch (ExecutionException e) {
      synchronized (this) {
        if (closed) {
          throw closedError(operation, subject);
        }
      }
      if (e.getCause() instanceof SandboxException known) {
        throw known;
      }
      throw SandboxException.of(Code.INTERNAL, operation, subject)
          .backend(backend)
          .detail("an unexpected failure")
          .cause(e.getCause())
          .build();
    }
  }

  private void leave(K key, Flight flight, Consumer<E> listener) {
    flight.listeners.remove(listener);
    synchronized (this) {
      if (--flight.waiting > 0) {
        return;
      }
      // Whoever comes now starts anew instead of sharing a failure that is not theirs.
      flights.remove(key, flight);
    }
    flight.thread.interrupt();
    awaitEnd(flight);
  }

  /** Gives interrupted work the time to tidy up, so that its caller finds nothing half-made. */
  private void awaitEnd(Flight flight) {
    try {
      flight.result.get(GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      log.debug("work that nobody waits for ended", e);
    } catch (TimeoutException e) {
      log.warn("a pull that was given up is still ending");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void forget(K key, Flight flight) {
    flights.remove(key, flight);
  }

  /** Interrupts all work and waits for its end, within bounds. */
  @Override
  public void close() {
    List<Flight> running;
    synchronized (this) {
      closed = true;
      running = List.copyOf(flights.values());
    }
    running.forEach(flight -> flight.thread.interrupt());
    running.forEach(this::awaitEnd);
  }

  private SandboxException closedError(String operation, String subject) {
    return SandboxException.of(Code.CLOSED, operation, subject)
        .backend(backend)
        .detail("the runtime was closed")
        .build();
  }
}

package dev.warren.docker.internal.container;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How far the log of each container reached before the latest start that this process made; by the
 * engine's own ids. Thread-safe.
 */
public final class LogMarks {
  private final Map<String, Instant> marks = new ConcurrentHashMap<>();

  /** The time of the last words; the epoch where there were none, empty where nobody looked. */
  public Optional<Instant> get(String engineId) {
    return Optional.ofNullable(marks.get(engineId));
  }

  /** Remembers it. */
  public void set(String engineId, Instant time) {
    marks.put(engineId, time);
  }

  /** Drops what is remembered of a container. */
  public void forget(String engineId) {
    marks.remove(engineId);
  }
}

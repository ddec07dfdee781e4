package dev.warren.docker.internal.task;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.warren.SandboxException;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.LogMarks;
import dev.warren.docker.internal.container.TaskStates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a task wrote since its start. The engine keeps one log for all runs of a container, and the
 * time it gives for a start is a little after the first words of the command can be. So what was
 * written last before a start is remembered; where nobody did, the time is taken that no earlier
 * run can have reached. Thread-safe.
 */
public final class TaskLogs {
  private static final String OPERATION = "read log of";
  private static final Duration TO_BEGIN = Duration.ofSeconds(30);

  /** More than what passes between a command's begin and what the engine calls its start. */
  private static final Duration LATE = Duration.ofMillis(100);

  private final DockerEngine engine;
  private final LogMarks marks;

  public TaskLogs(DockerEngine engine, LogMarks marks) {
    this.engine = engine;
    this.marks = marks;
  }

  /** To be called before a start. */
  void mark(String id, InspectContainerResponse container) {
    marks.forget(container.getId());
    if (TaskStates.started(container).isEmpty()) {
      marks.set(container.getId(), Instant.EPOCH);
      return;
    }
    try (InputStream last = open(id, container.getId(), "&timestamps=1&tail=1")) {
      String line = new String(last.readAllBytes(), StandardCharsets.UTF_8);
      int end = line.indexOf(' ');
      if (end > 0) {
        marks.set(container.getId(), Instant.parse(line.substring(0, end)).plusNanos(1));
      }
    } catch (IOException | DateTimeException | SandboxException e) {
      marks.forget(container.getId()); // the start matters more
    }
  }

  /** The log of a task that has run. */
  InputStream read(String id, InspectContainerResponse container) {
    return open(
        id,
        container.getId(),
        since(container).map(time -> "&since=" + engineTime(time)).orElse(""));
  }

  /** Seconds since 1970 with a fraction, as the engine takes times. */
  private static String engineTime(Instant time) {
    return String.format("%d.%09d", time.getEpochSecond(), time.getNano());
  }

  private Optional<Instant> since(InspectContainerResponse container) {
    Optional<Instant> marked = marks.get(container.getId());
    if (marked.isPresent()) {
      return marked.filter(time -> time.isAfter(Instant.EPOCH));
    }
    return TaskStates.started(container).map(started -> started.minus(LATE));
  }

  private InputStream open(String id, String engineId, String options) {
    Response answer =
        engine.open(
            OPERATION,
            id,
            Method.GET,
            "/containers/" + engineId + "/logs?stdout=1&stderr=1" + options,
            TO_BEGIN);
    return new FramedLog(answer);
  }
}

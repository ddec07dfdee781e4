package dev.warren.docker.internal.task;

import com.github.dockerjava.transport.DockerHttpClient.Request.Method;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import dev.warren.docker.internal.client.DockerEngine;
import java.time.Duration;

/** Waits for the end of a container's task, without asking again and again. Thread-safe. */
final class ExitWait {
  private static final Duration TO_BEGIN = Duration.ofSeconds(30);

  private final DockerEngine engine;

  ExitWait(DockerEngine engine) {
    this.engine = engine;
  }

  /**
   * Returns when it does not run any more.
   *
   * @param engineId the engine's own id
   * @throws dev.warren.SandboxException {@code TIMEOUT}, {@code NOT_FOUND}, {@code CANCELLED}
   */
  void await(String operation, String id, String engineId, Duration timeout) {
    Response answer =
        engine.open(operation, id, Method.POST, "/containers/" + engineId + "/wait", TO_BEGIN);
    engine.read(operation, id, timeout, answer, () -> answer.getBody().readAllBytes().length);
  }
}

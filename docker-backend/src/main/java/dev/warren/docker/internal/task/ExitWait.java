package dev.warren.docker.internal.task;

import com.github.dockerjava.transport.DockerHttpClient.Request;
import dev.warren.docker.internal.client.DockerEngine;
import java.time.Duration;

/** Waits for the end of a container's task, without asking again and again. Thread-safe. */
final class ExitWait {
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
    Request request =
        Request.builder()
            .method(Request.Method.POST)
            .path("/containers/" + engineId + "/wait")
            .build();
    engine.exchange(operation, id, timeout, request, body -> body.readAllBytes().length);
  }
}

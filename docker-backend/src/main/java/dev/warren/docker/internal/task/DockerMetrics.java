package dev.warren.docker.internal.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.InspectContainerResponse;
import dev.warren.docker.internal.client.DockerEngine;
import dev.warren.docker.internal.container.LiveTasks;
import dev.warren.spi.Metrics;

/** One reading of the engine's counters, without the second it takes to compare two. */
public final class DockerMetrics implements Metrics {
  private static final String OPERATION = "measure";

  private final DockerEngine engine;
  private final LiveTasks tasks;

  public DockerMetrics(DockerEngine engine, LiveTasks tasks) {
    this.engine = engine;
    this.tasks = tasks;
  }

  @Override
  public TaskMetrics get(String id) {
    InspectContainerResponse container = tasks.require(OPERATION, id);
    JsonNode stats =
        engine.get(
            OPERATION,
            id,
            "/containers/" + container.getId() + "/stats?stream=false&one-shot=true");
    return read(stats, limit(container));
  }

  /** What the engine gives as the limit of one without is the host's memory. */
  private static long limit(InspectContainerResponse container) {
    Long limit = container.getHostConfig() == null ? null : container.getHostConfig().getMemory();
    return limit == null ? 0 : Math.max(0, limit);
  }

  static TaskMetrics read(JsonNode stats, long limit) {
    JsonNode memory = stats.path("memory_stats");
    JsonNode details = memory.path("stats");
    // The first name is that of version 1 of control groups, the second that of version 2.
    long cache =
        details.path("total_inactive_file").asLong(details.path("inactive_file").asLong(0));
    return new TaskMetrics(
        stats.path("cpu_stats").path("cpu_usage").path("total_usage").asLong(0),
        Math.max(0, memory.path("usage").asLong(0) - cache),
        limit,
        stats.path("pids_stats").path("current").asLong(0));
  }
}

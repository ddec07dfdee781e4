package dev.warren.containerd.internal.task;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.warren.SandboxException.Code;
import dev.warren.containerd.internal.api.tasks.MetricsRequest;
import dev.warren.containerd.internal.api.types.Metric;
import dev.warren.containerd.internal.client.ContainerdClient;
import dev.warren.containerd.internal.client.TaskCalls;
import dev.warren.containerd.internal.container.ContainerIds;
import dev.warren.spi.Metrics;

/** Readings of the control groups, by the daemon; each version of those has its own message. */
public final class ContainerdMetrics implements Metrics {
  private static final String VERSION_1 = "io.containerd.cgroups.v1.Metrics";
  private static final String VERSION_2 = "io.containerd.cgroups.v2.Metrics";

  /** Without a limit the kernel tells the largest number of pages. */
  private static final long NO_LIMIT = 1L << 60;

  private final ContainerdClient client;
  private final TaskCalls calls;

  public ContainerdMetrics(ContainerdClient client, TaskCalls calls) {
    this.client = client;
    this.calls = calls;
  }

  @Override
  public TaskMetrics get(String id) {
    ContainerIds.check("measure", id);
    calls.live("measure", id);
    MetricsRequest request = MetricsRequest.newBuilder().addFilters("id==" + id).build();
    Metric metric =
        client.call(
            "measure",
            id,
            () ->
                client.stubs().tasks().metrics(request).getMetricsList().stream()
                    .filter(found -> found.getId().equals(id))
                    .findFirst()
                    .orElseThrow(
                        () ->
                            TaskCalls.error(Code.CONFLICT, "measure", id, "its task has ended")
                                .build()));
    try {
      return read(id, metric.getData());
    } catch (InvalidProtocolBufferException e) {
      throw TaskCalls.error(Code.INTERNAL, "measure", id, "the answer cannot be read")
          .cause(e)
          .build();
    }
  }

  private static TaskMetrics read(String id, Any data) throws InvalidProtocolBufferException {
    String type = data.getTypeUrl();
    if (type.endsWith(VERSION_1)) {
      return version1(
          dev.warren.containerd.internal.api.cgroups1.Metrics.parseFrom(data.getValue()));
    }
    if (type.endsWith(VERSION_2)) {
      return version2(
          dev.warren.containerd.internal.api.cgroups2.Metrics.parseFrom(data.getValue()));
    }
    throw TaskCalls.error(
            Code.UNSUPPORTED, "measure", id, "its runtime gives readings of another kind")
        .build();
  }

  static TaskMetrics version1(dev.warren.containerd.internal.api.cgroups1.Metrics metrics) {
    var memory = metrics.getMemory();
    return reading(
        metrics.getCpu().getUsage().getTotal(),
        memory.getUsage().getUsage() - memory.getTotalInactiveFile(),
        memory.getUsage().getLimit(),
        metrics.getPids().getCurrent());
  }

  static TaskMetrics version2(dev.warren.containerd.internal.api.cgroups2.Metrics metrics) {
    var memory = metrics.getMemory();
    return reading(
        metrics.getCpu().getUsageUsec() * 1000,
        memory.getUsage() - memory.getInactiveFile(),
        memory.getUsageLimit(),
        metrics.getPids().getCurrent());
  }

  private static TaskMetrics reading(long cpu, long memory, long limit, long pids) {
    boolean limited = limit > 0 && limit < NO_LIMIT;
    return new TaskMetrics(cpu, Math.max(0, memory), limited ? limit : 0, pids);
  }
}

package dev.warren.mcp;

import java.time.Duration;
import java.util.Map;

/** A task of 2025-11-25, named by its id in each call. */
record ToolTask(McpSession session, String id) implements McpTask {

  @Override
  public String status() {
    Json task = session.call(McpRequest.of("tasks/get", Map.of("taskId", id))).result();
    return task.string("/status").orElse("");
  }

  @Override
  public McpToolResult await(Duration timeout) {
    McpRequest request = McpRequest.of("tasks/result", Map.of("taskId", id)).timeout(timeout);
    return McpToolResult.from(session.call(request).result());
  }

  @Override
  public void cancel() {
    Json unused = session.call(McpRequest.of("tasks/cancel", Map.of("taskId", id))).result();
  }

  @Override
  public String toString() {
    return "task " + id;
  }
}

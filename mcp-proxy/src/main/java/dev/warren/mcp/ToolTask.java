package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A task of 2025-11-25, named by its id in each call. */
record ToolTask(McpSession session, String id) implements McpTask {

  @Override
  public String status() {
    Json task = session.call(McpRequest.of("tasks/get", Map.of("taskId", id))).result();
    return task.string("/status").orElse("");
  }

  @Override
  public McpToolResult await(Duration timeout) {
    McpRequest request = McpRequest.of("tasks/result", Map.of("taskId", id)).withTimeout(timeout);
    try {
      return McpToolResult.from(session.call(request).result());
    } catch (SandboxException e) {
      if (e.code() == Code.TIMEOUT || e.code() == Code.CANCELLED) {
        cancelLater();
      }
      throw e;
    }
  }

  @Override
  public void cancel() {
    Json unused = session.call(McpRequest.of("tasks/cancel", Map.of("taskId", id))).result();
  }

  /** Nobody waits for the answer; an interrupt of the waiting is not one of this call. */
  private void cancelLater() {
    boolean interrupted = Thread.interrupted();
    try {
      CompletableFuture<McpResponse> unused =
          session.callAsync(McpRequest.of("tasks/cancel", Map.of("taskId", id)));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return "task " + id;
  }
}

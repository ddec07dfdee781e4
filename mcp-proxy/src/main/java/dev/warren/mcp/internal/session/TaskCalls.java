package dev.warren.mcp.internal.session;

import dev.warren.SandboxException;
import dev.warren.mcp.Json;
import dev.warren.mcp.McpRequest;
import dev.warren.mcp.McpRevision;
import dev.warren.mcp.McpServerDescription;
import dev.warren.mcp.internal.message.Envelope;
import dev.warren.mcp.internal.rpc.CallOptions;
import dev.warren.mcp.internal.rpc.RpcCall;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls that a server of 2025-11-25 goes on with in the background. */
final class TaskCalls {
  private static final Logger LOG = LoggerFactory.getLogger(TaskCalls.class);

  private TaskCalls() {}

  static boolean isTask(ServerProcess process, McpRequest request) {
    return request.method().equals("tools/call")
        && request.params().filter(params -> params.toString().contains("\"task\"")).isPresent()
        && process
            .description()
            .map(McpServerDescription::revision)
            .filter(McpRevision.V2025_11_25::equals)
            .isPresent()
        && request.params().flatMap(params -> params.at("/task")).isPresent();
  }

  /** Cancels the task that an answer names; nobody waits for the outcome. */
  static void cancel(ServerProcess process, Envelope answer) {
    answer
        .token("result", "task", "taskId")
        .map(Json::parse)
        .ifPresent(
            id -> {
              try {
                RpcCall unused =
                    process.call(
                        "tasks/cancel", Json.of(Map.of("taskId", id)), CallOptions.defaults());
              } catch (SandboxException e) {
                LOG.debug("a task was not cancelled", e); // its server has ended, and so has it
              }
            });
  }
}

package dev.warren.mcp;

import dev.warren.SandboxException;
import dev.warren.SandboxException.Code;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Typed calls as raw requests, and raw results as values. */
final class TypedCalls {
  private TypedCalls() {}

  static McpRequest tool(String name, Map<String, ?> arguments) {
    return McpRequest.of("tools/call", toolParams(name, arguments));
  }

  static McpRequest task(String name, Map<String, ?> arguments, Duration keep) {
    Map<String, Object> params = toolParams(name, arguments);
    params.put("task", Map.of("ttl", keep.toMillis()));
    return McpRequest.of("tools/call", params);
  }

  /** Throws {@code UNSUPPORTED} for a server without tasks for tool calls. */
  static void requireTasks(McpServerDescription server, String tool) {
    if (!server.capabilities().has("/tasks/requests/tools/call")) {
      throw SandboxException.of(Code.UNSUPPORTED, "start task", tool)
          .detail("the server has not declared tasks for tool calls")
          .remedy("call the tool without a task")
          .build();
    }
  }

  static String taskId(String tool, Json result) {
    return result
        .string("/task/taskId")
        .orElseThrow(
            () ->
                SandboxException.of(Code.DATA_LOSS, "start task", tool)
                    .detail("the server's answer names no task")
                    .build());
  }

  static McpRequest resource(String uri) {
    return McpRequest.of("resources/read", Map.of("uri", uri));
  }

  static List<McpResourceContents> contents(Json result) {
    return result.at("/contents").map(Json::elements).orElse(List.of()).stream()
        .map(McpResourceContents::from)
        .toList();
  }

  static McpRequest completion(
      McpCompletion.Reference of, String argument, String value, Map<String, String> known) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("ref", of.raw());
    params.put("argument", Map.of("name", argument, "value", value));
    if (!known.isEmpty()) {
      params.put("context", Map.of("arguments", known));
    }
    return McpRequest.of("completion/complete", params);
  }

  private static Map<String, Object> toolParams(String name, Map<String, ?> arguments) {
    Map<String, Object> params = new LinkedHashMap<>();
    params.put("name", name);
    params.put("arguments", arguments);
    return params;
  }
}
